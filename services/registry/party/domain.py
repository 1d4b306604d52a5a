"""Rules of party building: the forms there are, and what each needs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_assess import PartyCode
from services.registry.machine import step

STATUSES = ("active", "dissolved")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("active", "count"): "active",
    ("active", "record"): "active",
    ("active", "dissolve"): "dissolved",
}


@dataclass(frozen=True)
class Kind:
    """``least_members`` to be founded; ``covers``: counts as coverage of its organisation."""

    zh: str
    en: str
    least_members: int
    covers: bool


# The forms a district starts with; the bureau adds to them or changes their numbers. Least members: 中国共产党章程
# art. 30 (three for a branch) and 中国共产党支部工作条例（试行） art. 5; 50 and 100 by custom of grass-roots bodies.
DEFAULT_KINDS: dict[str, Kind] = {
    "committee": Kind("党委", "Party committee", 100, True),
    "general_branch": Kind("党总支", "General party branch", 50, True),
    "branch": Kind("党支部", "Party branch", 3, True),
    "joint_branch": Kind("联合党支部", "Joint party branch", 3, True),
    "functional_branch": Kind("功能型党支部", "Functional party branch", 3, True),
    "group": Kind("党小组", "Party group", 1, True),
    "instructor": Kind("党建指导员联系", "Instructor assigned", 0, False),
}


def next_status(status: str, action: str) -> str:
    """The party organisation's status after ``action``."""
    return step(TRANSITIONS, status, action, PartyCode.PARTY_ORGANISATION_STATE)


def check_members(kind: Kind, members: int) -> None:
    """Enough for its form."""
    if members < kind.least_members:
        raise ConflictError(PartyCode.PARTY_MEMBERS_TOO_FEW, members=members, needed=kind.least_members)


def check_day(day: date, *, since: date | None, today: date) -> None:
    """Not in the future, and not before the party organisation existed."""
    if day > today or (since is not None and day < since):
        raise InvalidError(PartyCode.PARTY_DATE_INVALID, day=day.isoformat())


def share_hundredths(part: int, whole: int) -> int:
    """Hundredths of a percent, rounded down; 0 of nothing."""
    return part * 10_000 // whole if whole else 0
