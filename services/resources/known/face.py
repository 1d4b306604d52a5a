"""Events of registry and projects that resources keeps facts from."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis import revocations
from chassis.events import Envelope
from chassis.runtime import on_event
from contracts.projects.events import ProjectClosed, ProjectStarted
from contracts.registry.events import (
    AccountOpened,
    AccountVerified,
    OrganisationChanged,
    OrganisationRegistered,
    SessionRevoked,
)
from contracts.registry.events_organisations import AccountMoved
from services.resources.known import handlers
from services.resources.one_list.handlers import keep_organisation


class Known:
    """Organisations, projects and accounts."""

    @on_event(OrganisationRegistered)
    def on_organisation_registered(self, session: Session, event: OrganisationRegistered, envelope: Envelope) -> None:
        handlers.on_organisation(session, event, envelope)
        keep_organisation(session, event.organisation_id)

    @on_event(OrganisationChanged)
    def on_organisation_changed(self, session: Session, event: OrganisationChanged, envelope: Envelope) -> None:
        handlers.on_organisation(session, event, envelope)
        keep_organisation(session, event.organisation_id)

    @on_event(ProjectStarted)
    def on_project_started(self, session: Session, event: ProjectStarted, envelope: Envelope) -> None:
        handlers.on_project_started(session, event, envelope)

    @on_event(ProjectClosed)
    def on_project_closed(self, session: Session, event: ProjectClosed, envelope: Envelope) -> None:
        handlers.on_project_closed(session, event, envelope)

    @on_event(AccountOpened)
    def on_account_opened(self, session: Session, event: AccountOpened, envelope: Envelope) -> None:
        handlers.on_account_opened(session, event, envelope)

    @on_event(AccountMoved)
    def on_account_moved(self, session: Session, event: AccountMoved, envelope: Envelope) -> None:
        handlers.on_account_moved(session, event, envelope)

    @on_event(AccountVerified)
    def on_account_verified(self, session: Session, event: AccountVerified, envelope: Envelope) -> None:
        handlers.on_account_verified(session, event, envelope)

    @on_event(SessionRevoked)
    def on_session_revoked(self, session: Session, event: SessionRevoked, envelope: Envelope) -> None:
        revocations.note(session, event.session_id)
