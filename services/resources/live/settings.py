"""How the kept market is checked."""

from __future__ import annotations

from chassis.config import setting

CHECK_HOURS = setting(
    "LIVE_MATCHING_CHECK_HOURS", 24, "Hours after which the kept market is solved cold, compared and built anew."
)
