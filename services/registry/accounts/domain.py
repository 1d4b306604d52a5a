"""Rules of accounts."""

from __future__ import annotations

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts import roles
from contracts.registry.codes import RegistryCode

DISTRICT_WIDE = {
    roles.BUREAU,
    roles.SPECIALIST,
    roles.OPERATOR,
    roles.ADMINISTRATOR,
    roles.AUDITOR,
    roles.SECURITY,
    roles.PROVIDER,
    roles.JUDGE,
    roles.API_CLIENT,
}
STREET_BOUND = {roles.STREET_STAFF, roles.HUB, roles.CSO, roles.GRID_WORKER, roles.RESIDENT, roles.TALENT}
# A steward may serve the whole district or some streets. A role that acts for an organisation, and of which kinds:
ORGANISATION_KINDS: dict[str, tuple[str, ...]] = {
    roles.HUB: ("hub",),
    roles.CSO: ("cso", "social_work"),
    roles.PROVIDER: ("enterprise", "foundation", "government", "social_work"),
}
# A judge's organisation is what conflicts of interest are computed from.
ORGANISATION_ALLOWED = {roles.JUDGE, roles.STEWARD, roles.SPECIALIST, roles.TALENT}


def check_opener(role: str, opens: str) -> None:
    """The administrator opens any role, the bureau any but two, street staff and grid workers residents."""
    may = {
        roles.ADMINISTRATOR: True,
        roles.BUREAU: opens not in {roles.ADMINISTRATOR, roles.SECURITY},
        roles.STREET_STAFF: opens == roles.RESIDENT,
        roles.GRID_WORKER: opens == roles.RESIDENT,
    }
    if not may.get(role, False):
        raise ForbiddenError(RegistryCode.ACCOUNT_ROLE_FORBIDDEN, role=opens)


def check_streets(role: str, street_codes: list[str], community_code: str | None) -> None:
    """District-wide roles have none; street-bound ones at least one; a resident one, where the community is."""
    wrong = (role in DISTRICT_WIDE and bool(street_codes)) or (role in STREET_BOUND and not street_codes)
    if role == roles.RESIDENT and len(street_codes) != 1:
        wrong = True
    if community_code is not None and len(street_codes) != 1:
        wrong = True
    if wrong:
        raise InvalidError(RegistryCode.ACCOUNT_STREETS_INVALID, role=role)


def check_organisation(role: str, kind: str | None) -> None:
    """``kind`` of the organisation the account acts for, or none."""
    kinds = ORGANISATION_KINDS.get(role)
    fits = kind in kinds if kinds else kind is None or role in ORGANISATION_ALLOWED
    if not fits:
        raise InvalidError(RegistryCode.ACCOUNT_ORGANISATION_INVALID, role=role, kind=kind)


def check_verifiable(role: str, verified: bool) -> None:
    """Only residents are verified, once."""
    if role != roles.RESIDENT:
        raise ConflictError(RegistryCode.ACCOUNT_NOT_RESIDENT)
    if verified:
        raise ConflictError(RegistryCode.ACCOUNT_ALREADY_VERIFIED)


def lock_seconds(failures: int, *, allowed: int, first: int, most: int) -> int:
    """How long sign-in stays locked after that many failures: nothing up to ``allowed``, then doubling."""
    over = failures - allowed
    return 0 if over < 0 else min(first * 2 ** min(over, 30), most)
