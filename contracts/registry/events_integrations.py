"""Events of integrations."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="integration_id")
class IntegrationGranted(Event, frozen=True):
    """A machine may do some reads as a role of a street or an organisation."""

    integration_id: str
    account_id: str
    acts_as: str
    organisation_id: str | None
    operations: list[str]


@event(owner="registry", subject="integration_id")
class IntegrationWithdrawn(Event, frozen=True):
    """It may not any longer; ``keys`` were revoked with it."""

    integration_id: str
    account_id: str
    keys: int
