"""The end of an account reaches every service."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import Envelope
from chassis.runtime.entrypoints import on_event
from contracts.registry.events_identity import AccountErased
from services.resources.persons import handlers


class Persons:
    """Erasure."""

    @on_event(AccountErased)
    def on_account_erased(self, session: Session, event: AccountErased, envelope: Envelope) -> None:
        handlers.erase_person(session, event.account_id, envelope)
