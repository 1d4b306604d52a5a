"""Evaluations (中期与结项评估): several evaluators by a rubric, a combined score, comment and appeal, the grade."""
