"""Bounds of what one may have solved."""

from __future__ import annotations

from chassis.config import setting

WAITING = setting("MATCHING_INSTANCES_WAITING", 8, "Matching instances of one account that may wait or run at once.")
LONGEST = setting(
    "MATCHING_INSTANCE_SECONDS", 300, "Seconds after which the solver of a matching instance is stopped in any case."
)
KEPT_DAYS = setting(
    "MATCHING_INSTANCE_DAYS", 7, "Days after its end until a matching instance and its answer are deleted."
)
