"""Rules of privacy."""

from __future__ import annotations

from collections.abc import Collection

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.purposes import PURPOSES

CONSENT_TRANSITIONS = {("given", "withdraw"): "withdrawn"}
TABLES = {"acc": "account", "org": "organisation", "sdm": "seed_member"}


def next_consent_status(status: str, action: str) -> str:
    """Raises :class:`ConflictError` for what the table does not allow."""
    after = CONSENT_TRANSITIONS.get((status, action))
    if after is None:
        raise ConflictError(IdentityCode.CONSENT_STATE, status=status, action=action)
    return after


def check_purpose(role: str, purpose: str, wanted: Collection[str], *, subject_id: str) -> None:
    """The purpose allows the role, and needs each of the fields, which are the subject's."""
    rule = PURPOSES[purpose]
    if role not in rule.roles:
        raise ForbiddenError(IdentityCode.PURPOSE_FORBIDDEN, purpose=purpose, role=role)
    table = TABLES[subject_id.partition("_")[0]]
    excess = sorted(field for field in wanted if field not in rule.fields or field.partition(".")[0] != table)
    if excess:
        raise InvalidError(IdentityCode.PURPOSE_FIELDS, purpose=purpose, excess=excess)


def check_text(version: int, newest: int) -> None:
    """People agree to what the notice says now."""
    if version > newest:
        raise InvalidError(IdentityCode.CONSENT_TEXT_UNKNOWN, newest=newest)
    if version < newest:
        raise ConflictError(IdentityCode.CONSENT_TEXT_OLD, newest=newest)
