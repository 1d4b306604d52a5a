"""When a credential counts. Pure."""

from __future__ import annotations

from datetime import date

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_orders import OrderCode


def check_holder(organisation_id: str | None, account_id: str | None) -> None:
    """An organisation's or a person's, never both."""
    if (organisation_id is None) == (account_id is None):
        raise InvalidError(OrderCode.CREDENTIAL_INVALID)


def check_period(valid_from: date, valid_until: date | None) -> None:
    """It ends on its last day, not before it begins."""
    if valid_until is not None and valid_until < valid_from:
        raise InvalidError(OrderCode.CREDENTIAL_INVALID)


def check_not_revoked(*, revoked: bool) -> None:
    """Once."""
    if revoked:
        raise ConflictError(OrderCode.CREDENTIAL_REVOKED)


def holds(valid_from: date, valid_until: date | None, *, on: date) -> bool:
    """Both days included."""
    return valid_from <= on and (valid_until is None or on <= valid_until)
