"""How long a round may be looked for."""

from __future__ import annotations

from chassis.config import setting

ROUND_SECONDS = setting(
    "MATCHING_ROUND_SECONDS", 40, "Seconds spent on improving a matching round with lots; others take no search."
)
ROUND_LIMIT = setting(
    "MATCHING_ROUND_LIMIT_SECONDS", 1800, "Seconds after which the solver of a matching round is stopped in any case."
)
