"""To-do, suggestions and service plan of an organisation (R6)."""
