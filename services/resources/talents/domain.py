"""The talent grid: states, norms as exact arithmetic, and counts that point at nobody. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.resources.codes_talents import TalentCode

ACTIVE, PAUSED, LEFT = "active", "paused", "left"
STATUSES = (ACTIVE, PAUSED, LEFT)
ACTIONS = ("change", "pause", "resume", "leave")
TRANSITIONS: dict[tuple[str, str], str] = {
    (ACTIVE, "change"): ACTIVE,
    (PAUSED, "change"): PAUSED,
    (ACTIVE, "pause"): PAUSED,
    (PAUSED, "resume"): ACTIVE,
    (ACTIVE, "leave"): LEFT,
    (PAUSED, "leave"): LEFT,
}
CREDENTIAL_TRANSITIONS: dict[tuple[str, str], str] = {
    ("claimed", "verify"): "verified",
    ("claimed", "withdraw"): "withdrawn",
    ("verified", "withdraw"): "withdrawn",
}
DEFAULT_SKILLS = {
    "elder_care": ("助老", "Care for the old"),
    "disability_support": ("助残", "Support for the disabled"),
    "child_care": ("儿童青少年", "Children and young people"),
    "household": ("居家便民", "Household help"),
    "mediation": ("纠纷调解", "Mediation"),
    "culture": ("文体", "Culture and sport"),
    "environment": ("环保", "Environment"),
    "first_aid": ("急救", "First aid"),
    "medical": ("医疗护理", "Nursing and medicine"),
    "legal": ("法律咨询", "Legal advice"),
    "teaching": ("教学辅导", "Teaching"),
    "repair": ("维修", "Repair"),
}


def next_status(status: str, action: str) -> str:
    """The person's table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(TalentCode.STATE, status=status, action=action) from None


def next_credential_status(status: str, action: str) -> str:
    """The credential's table, or a conflict."""
    try:
        return CREDENTIAL_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(TalentCode.CREDENTIAL_STATE, status=status, action=action) from None


def check_facts(skills: Sequence[Mapping[str, Any]], availability: Sequence[Mapping[str, Any]]) -> None:
    """Raises ``talent_invalid`` with every problem."""
    names = [one["skill"] for one in skills]
    problems = [f"skills: {name} twice" for name in sorted({name for name in names if names.count(name) > 1})]
    problems += ["availability: ends after it starts" for one in availability if one["starts"] >= one["ends"]]
    if problems:
        raise InvalidError(TalentCode.INVALID, problems=problems)


def required(*, basis: str, people: int, residents: int, living: int | None, cells: int) -> int | None:
    """How many people the norm asks for, rounded up; ``None`` where it is not known how many live there."""
    if basis == "cell":
        return people * cells
    return None if living is None else -(-living * people // residents)


def short(have: int, need: int | None) -> int | None:
    """How many are missing."""
    return None if need is None else max(0, need - have)


def hidden(counts: Mapping[str, int], *, least: int) -> set[str]:
    """Cells whose count is not shown: fewer than ``least`` people, and so many more of the community that nobody who
    knows its total learns of fewer than ``least``."""
    found: set[str] = set()
    groups: dict[str, list[str]] = {}
    for code in sorted(counts):
        groups.setdefault(code[:12], []).append(code)
    for codes in groups.values():
        away = {code for code in codes if 0 < counts[code] < least}
        rest = sorted((code for code in codes if counts[code] >= least), key=lambda code: (counts[code], code))
        while away and rest and sum(counts[code] for code in away) < least:
            away.add(rest.pop(0))
        found |= away
    return found
