"""The numbers a district starts with, and how given ones complete them. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DEFAULTS: dict[str, Any] = {
    "budget_notify_percent": 10,
    "debarment_years": 3,
    "recovery_days": 30,
    "batch_payments": 500,
    "publisher": {
        "prefix": "360G-footprint",
        "name": "区民政局",
        "identifier": "360G-footprint-bureau",
        "licence": "https://creativecommons.org/licenses/by/4.0/",
    },
}


def completed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Given values over the defaults, the publisher key by key."""
    publisher = {**DEFAULTS["publisher"], **given.get("publisher", {})}
    return {**DEFAULTS, **given, "publisher": publisher}
