"""Names of the jobs, and of what a job's payload says once its files are gone."""

SOLVE = "solve_instance"
DROP = "drop_instances"
DROPPED = "dropped_at"
