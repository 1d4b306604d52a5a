"""Rules of changes: the transition table, which parts a kind may name, how long a project may last. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.projects.codes_endings import EndingsCode

STATUSES = ("requested", "told", "approved", "refused", "withdrawn")
ACTIONS = ("request", "tell", "approve", "refuse", "withdraw")
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("new", "request"): "requested",
    ("new", "tell"): "told",
    ("requested", "approve"): "approved",
    ("requested", "refuse"): "refused",
    ("requested", "withdraw"): "withdrawn",
}
PARTS: Mapping[str, tuple[str, ...]] = {
    "time": ("ends_on",),
    "activities": ("activities",),
    "place": ("place",),
    "responsible": ("responsible_account_id",),
    "partners": ("partners",),
    "targets": ("targets", "beneficiary_count"),
}
DEFAULTS: dict[str, Any] = {
    "deciders": {
        "time": "bureau",
        "activities": "street",
        "place": "told",
        "responsible": "told",
        "partners": "street",
        "targets": "bureau",
    },
    "extension_days_max": 180,
    "hearing_days": 10,
    "closing_settles_flags": ["serious"],
}


def next_status(status: str, action: str) -> str:
    """The state after ``action``; ``new`` is a change that was not written down yet."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(EndingsCode.CHANGE_STATE, status=status, action=action) from None


def completed(given: Mapping[str, Any]) -> dict[str, Any]:
    """Given values over the defaults, the deciders kind by kind."""
    return {**DEFAULTS, **given, "deciders": {**DEFAULTS["deciders"], **given.get("deciders", {})}}


def difference(kind: str, plan: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """``[{part, before, after}]`` of what really changes. A kind names its own parts, and at least one of them."""
    foreign = sorted(set(after) - set(PARTS[kind]))
    if foreign or not after:
        raise InvalidError(EndingsCode.CHANGE_INVALID, parts=foreign or list(PARTS[kind]))
    found = [
        {"part": part, "before": plan.get(part), "after": after[part]}
        for part in PARTS[kind]
        if part in after and after[part] != plan.get(part)
    ]
    if not found:
        raise InvalidError(EndingsCode.CHANGE_EMPTY)
    return found


def check_newest(*, plan_number: int, newest: int) -> None:
    """Nobody changes a plan they have not read."""
    if plan_number != newest:
        raise ConflictError(EndingsCode.CHANGE_OUTDATED, plan_number=plan_number, newest=newest)


def check_extension(*, first_end: date | None, ends_on: date, today: date, days_max: int) -> None:
    """The end lies ahead, and not further than the policy allows from the end that was agreed first (from today where
    there was none): many small extensions make no longer one."""
    latest = (first_end or today) + timedelta(days=days_max)
    if ends_on < today:
        raise InvalidError(EndingsCode.CHANGE_INVALID, parts=["ends_on"])
    if ends_on > latest:
        raise ConflictError(EndingsCode.EXTENSION_TOO_LONG, latest=latest.isoformat())


def check_decider(*, decider: str, is_bureau: bool) -> None:
    """What the policy leaves to the bureau is not decided in the street."""
    if decider == "bureau" and not is_bureau:
        raise ForbiddenError(EndingsCode.CHANGE_NEEDS_BUREAU)
