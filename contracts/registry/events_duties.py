"""Events of the second pair of eyes over accounts that guard or audit."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="account_id", handled_by=("notify",))
class AccountProposed(Event, frozen=True):
    """An account of security or an auditor was opened and waits for another person; it cannot sign in."""

    account_id: str
    role: str


@event(owner="registry", subject="account_id")
class AccountConfirmed(Event, frozen=True):
    """Another person than ``opened_by`` agreed; ``account_opened`` follows."""

    account_id: str
    role: str
    opened_by: str | None


@event(owner="registry", subject="account_id")
class AccountRejected(Event, frozen=True):
    """Another person than ``opened_by`` did not agree; the account never signs in."""

    account_id: str
    role: str
    opened_by: str | None
