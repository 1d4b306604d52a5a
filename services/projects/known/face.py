"""Handlers of the registry's news."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis import revocations
from chassis.events import Envelope
from chassis.runtime.entrypoints import on_event
from contracts.registry.events import (
    AccountOpened,
    AccountVerified,
    OrganisationChanged,
    OrganisationRegistered,
    SessionRevoked,
)
from contracts.registry.events_organisations import AccountMoved
from services.projects.known import handlers


class Known:
    """Keeps the known_ tables."""

    @on_event(OrganisationRegistered)
    def on_organisation_registered(self, session: Session, event: OrganisationRegistered, envelope: Envelope) -> None:
        handlers.keep_organisation(session, event, envelope)

    @on_event(OrganisationChanged)
    def on_organisation_changed(self, session: Session, event: OrganisationChanged, envelope: Envelope) -> None:
        handlers.keep_organisation(session, event, envelope)

    @on_event(AccountOpened)
    def on_account_opened(self, session: Session, event: AccountOpened, envelope: Envelope) -> None:
        handlers.open_account(session, event, envelope)

    @on_event(AccountMoved)
    def on_account_moved(self, session: Session, event: AccountMoved, envelope: Envelope) -> None:
        handlers.move_account(session, event, envelope)

    @on_event(AccountVerified)
    def on_account_verified(self, session: Session, event: AccountVerified, envelope: Envelope) -> None:
        handlers.verify_account(session, event, envelope)

    @on_event(SessionRevoked)
    def on_session_revoked(self, session: Session, event: SessionRevoked, envelope: Envelope) -> None:
        revocations.note(session, event.session_id)
