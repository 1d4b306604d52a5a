"""The numbers a district starts with, and how given ones complete them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

RESERVATION_HOURS, CONFIRM_DAYS, GRACE_DAYS = 72, 60, 14
WEIGHTS = {
    "base": 50,
    "topic": 400,
    "field": 200,
    "same_street": 300,
    "district_wide": 150,
    "same_community": 100,
    "urgency": 100,
    "perishing": 100,
    "perishing_days": 30,
    "time": 60,
    "verified": 40,
    "distance": 80,
    "distance_reach_m": 3000,
}


def weights_of(given: Mapping[str, Any]) -> dict[str, int]:
    """Complete: what is not given is as it was shipped."""
    return {name: int(given.get(name, points)) for name, points in WEIGHTS.items()}


def changed(before: Mapping[str, Any], given: Mapping[str, Any]) -> list[str]:
    """Names of the numbers that become others, weights as ``weights.base``; sorted."""
    plain = [name for name, value in given.items() if name != "weights" and before[name] != value]
    points = given.get("weights", {})
    return sorted([*plain, *(f"weights.{name}" for name in points if before["weights"][name] != points[name])])
