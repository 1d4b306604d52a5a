"""Rules of integrations."""

from __future__ import annotations

from collections.abc import Collection

from chassis.errors import ConflictError, InvalidError
from contracts import roles
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.codes_integrations import IntegrationCode

TRANSITIONS = {("active", "withdraw"): "withdrawn"}


def next_status(status: str, action: str) -> str:
    """Raises :class:`ConflictError` for what the table does not allow."""
    after = TRANSITIONS.get((status, action))
    if after is None:
        raise ConflictError(IntegrationCode.STATE, status=status, action=action)
    return after


def check_account(role: str, status: str) -> None:
    """People sign in; only machines are granted reads."""
    if role != roles.API_CLIENT or status != "active":
        raise InvalidError(IdentityCode.API_KEY_ACCOUNT_INVALID)


def check_operations(wanted: Collection[str], readable: Collection[str]) -> None:
    """Each is a read of the role: a grant never writes, and never widens the role."""
    for name in wanted:
        if name not in readable:
            raise InvalidError(IntegrationCode.OPERATION_INVALID, operation=name)
