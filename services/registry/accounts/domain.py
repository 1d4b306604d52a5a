"""Rules of accounts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import pairwise

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_duties import DutyCode
from contracts.registry.codes_identity import IdentityCode

STATUSES = ("pending", "active", "closed", "rejected", "erased")
TRANSITIONS = {
    ("pending", "confirm"): "active",
    ("pending", "reject"): "rejected",
    ("pending", "erase"): "erased",
    ("rejected", "erase"): "erased",
    ("active", "close"): "closed",
    ("closed", "reopen"): "active",
    ("active", "erase"): "erased",
    ("closed", "erase"): "erased",
}
# Opened by the administrator alone: who guards, who audits and who opens accounts are not the bureau's to choose.
SEPARATED = {roles.ADMINISTRATOR, roles.SECURITY, roles.AUDITOR}
# Opened by one, confirmed by another.
GUARDED = {roles.SECURITY, roles.AUDITOR}

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
    """The administrator opens any role, the bureau all but the separated, street staff and grid workers residents."""
    may = {
        roles.ADMINISTRATOR: True,
        roles.BUREAU: opens not in SEPARATED,
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


def next_status(status: str, action: str) -> str:
    """Raises :class:`ConflictError` for what the table does not allow."""
    after = TRANSITIONS.get((status, action))
    if after is None:
        raise ConflictError(IdentityCode.ACCOUNT_STATE, status=status, action=action)
    return after


def check_not_own(account_id: str, actor_id: str | None) -> None:
    """Nobody closes, resets or erases the account he is signed in with: another administrator does."""
    if account_id == actor_id:
        raise ForbiddenError(IdentityCode.ACCOUNT_OWN)


def check_resetter(role: str, resets: str) -> None:
    """Whoever sets a password could sign in with it: the administrator never becomes security or the auditor so."""
    if (resets in GUARDED) != (role == roles.SECURITY):
        raise ForbiddenError(IdentityCode.PASSWORD_NOT_YOURS, role=resets)


def first_status(role: str) -> str:
    """Of an account that is opened: who guards or audits waits for a second pair of eyes."""
    return "pending" if role in GUARDED else "active"


def check_second(opened_by: str | None, actor_id: str | None) -> None:
    """The second pair of eyes is another person's."""
    if actor_id is None or opened_by == actor_id:
        raise ForbiddenError(DutyCode.OPENER_CONFIRMS)


def check_role_change(opener: str, was: str, becomes: str) -> None:
    """``opener`` may open accounts of both roles, and neither is one that is kept apart.

    An administrator who became the auditor would audit himself; a key of an API client names its operations.
    """
    for role in (was, becomes):
        if role in SEPARATED | {roles.API_CLIENT}:
            raise ForbiddenError(DutyCode.ROLE_SEPARATED, role=role)
        check_opener(opener, role)


def check_differs(before: Mapping[str, object], after: Mapping[str, object]) -> None:
    """Something changes: the role, or whose rows it reaches."""
    if before == after:
        raise ConflictError(DutyCode.ROLE_SAME)


def check_idle(serving: int) -> None:
    """``serving``: open cases that the account serves in a role, or will by a planned hand-over."""
    if serving:
        raise ConflictError(DutyCode.ROLE_SERVING, cases=serving)


def check_administrators_left(role: str, others: int) -> None:
    """``others``: active administrators besides this account."""
    if role == roles.ADMINISTRATOR and others < 1:
        raise ConflictError(IdentityCode.ACCOUNT_LAST_ADMINISTRATOR)


def check_no_self_grant(*, same_phone: bool, same_email: bool) -> None:
    """A second account for whoever opens it would be a role granted to himself."""
    if same_phone or same_email:
        raise ForbiddenError(IdentityCode.ACCOUNT_SELF_GRANT)


def check_erasable(status: str, requested: bool) -> None:
    """Its owner asked for it, or the account is closed."""
    if status == "active" and not requested:
        raise ConflictError(IdentityCode.ERASURE_NOT_REQUESTED)


_LEFT = 8  # characters a password must have besides the login it contains


def check_password(password: str, *, least: int, login: str | None, common: Collection[str]) -> None:
    """Length first (NIST SP 800-63B): no rule about kinds of characters, but none of the most guessed."""
    plain = password.casefold()
    if len(password) < least:
        raise InvalidError(IdentityCode.PASSWORD_TOO_SHORT, least=least)
    if plain in common or plain.rstrip("0123456789!.@#") in common:
        raise InvalidError(IdentityCode.PASSWORD_COMMON)
    if login and login.casefold() in plain and len(plain) - len(login) < _LEFT:
        raise InvalidError(IdentityCode.PASSWORD_LIKE_LOGIN)
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    if len(set(plain)) < 3 or (len(steps) == 1 and steps <= {-1, 0, 1}):
        raise InvalidError(IdentityCode.PASSWORD_MONOTONE)
