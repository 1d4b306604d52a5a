"""Rules of organisations."""

from __future__ import annotations

import calendar
import unicodedata
from collections.abc import Iterable
from datetime import date, timedelta

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_organisations import OrganisationCode

STATUSES = ("active", "closed", "merged")
# A merged organisation answers for nothing: its address leads to the one that took it in, until the merge is undone.
TRANSITIONS: dict[tuple[str, str], str] = {
    ("active", "change"): "active",
    ("active", "close"): "closed",
    ("closed", "reopen"): "active",
    ("active", "merge"): "merged",
    ("closed", "merge"): "merged",
    ("merged", "restore_active"): "active",
    ("merged", "restore_closed"): "closed",
}
LEGAL_FORMS = {"51": "association", "52": "social_service", "53": "foundation"}

# The taxonomy every district starts with (DOMAIN.md R2); operators add to it.
DEFAULT_FIELDS: dict[str, tuple[str, str]] = {
    "elder_care": ("助老", "Elder care"),
    "disability": ("助残", "Disability"),
    "youth": ("青少年", "Young people"),
    "community_building": ("社区建设（治理）", "Community building"),
    "community_service": ("社区服务", "Community service"),
    "culture_sports": ("文体", "Culture and sports"),
    "environment": ("环保", "Environment"),
    "mediation": ("纠纷调解", "Mediation"),
    "charity": ("公益慈善", "Charity"),
}
COMMUNITY_KINDS = ("cso", "social_work")
KINDS_BY_ROLE: dict[str, tuple[str, ...]] = {
    roles.BUREAU: ("cso", "hub", "social_work", "enterprise", "foundation", "government"),
    roles.SPECIALIST: ("cso", "hub", "social_work", "enterprise", "foundation"),
    roles.STREET_STAFF: COMMUNITY_KINDS,
    roles.HUB: ("cso",),
}
# A hub looks after words; who is in whose care, and whether an organisation exists, others decide.
HUB_MAY_CHANGE = {"name", "fields", "community_code", "responsible_person", "phone", "introduction"}


def next_status(status: str, action: str) -> str:
    """The status after ``action``; raises :class:`ConflictError` where the table has no such row."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        if status == "merged":
            raise ConflictError(OrganisationCode.ORGANISATION_MERGED, status=status, action=action) from None
        raise ConflictError(RegistryCode.ORGANISATION_CLOSED, status=status, action=action) from None


def legal_form(legal_tier: str, uscc: str | None, declared: str | None) -> str:
    """社会团体 / 社会服务机构 / 基金会, as the credit code's second character says (GB 32100-2015); else ``none``.

    Raises :class:`InvalidError` where what is declared is another form.
    """
    derived = LEGAL_FORMS.get((uscc or "")[:2], "none") if legal_tier == "registered" else "none"
    if declared is not None and declared != derived:
        raise InvalidError(OrganisationCode.ORGANISATION_FORM_MISMATCH, declared=declared, derived=derived)
    return derived


def name_key(name: str) -> str:
    """What makes two names the same: width, case, blanks, brackets and dots do not."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(char for char in folded if char.isalnum())[:100] or folded[:100]


def check_registrar(role: str, kind: str) -> None:
    """Who may register what."""
    if kind not in KINDS_BY_ROLE.get(role, ()):
        raise ForbiddenError(RegistryCode.ORGANISATION_KIND_FORBIDDEN, kind=kind)


def check_identity(
    legal_tier: str,
    *,
    uscc: str | None,
    filing_number: str | None,
    responsible_person: str | None,
    street_code: str | None,
) -> None:
    """registered: a credit code. filed: number, street and person, no code. guided: street and person."""
    local = bool(street_code and responsible_person)
    fits = {
        "registered": bool(uscc),
        "filed": local and bool(filing_number) and not uscc,
        "guided": local and not filing_number and not uscc,
    }
    if not fits[legal_tier]:
        raise InvalidError(RegistryCode.ORGANISATION_IDENTITY_INVALID, legal_tier=legal_tier)


def check_founded(founded_on: date | None, today: date) -> None:
    """Nobody is founded tomorrow."""
    if founded_on is not None and founded_on > today:
        raise InvalidError(OrganisationCode.ORGANISATION_FOUNDED_AHEAD, founded_on=founded_on.isoformat())


def check_unbound(**bonds: int) -> None:
    """How much of each still hangs on it (open cases, organisations in its care, streets entrusted to it)."""
    left = {name: count for name, count in bonds.items() if count}
    if left:
        raise ConflictError(OrganisationCode.ORGANISATION_IN_USE, **left)


def check_changes(role: str, names: Iterable[str]) -> None:
    """What a hub may not change of an organisation in its care."""
    if role == roles.HUB and not set(names) <= HUB_MAY_CHANGE:
        raise ForbiddenError(RegistryCode.ORGANISATION_KIND_FORBIDDEN, fields=sorted(set(names) - HUB_MAY_CHANGE))


def assurance_due(confirmed: date, months: int) -> date:
    """The same day ``months`` later, or that month's last; the day itself is still in time."""
    year, month = divmod(confirmed.year * 12 + confirmed.month - 1 + months, 12)
    return date(year, month + 1, min(confirmed.day, calendar.monthrange(year, month + 1)[1]))


def last_overdue_day(today: date, months: int) -> date:
    """The latest day of confirmation that is overdue today: what was confirmed on it or before is."""
    day = assurance_due(today, -months) + timedelta(days=4)
    while assurance_due(day, months) >= today:
        day -= timedelta(days=1)
    return day
