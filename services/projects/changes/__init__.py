"""Changes of a running project's plan (项目变更): told or decided, with every version of the plan in force."""
