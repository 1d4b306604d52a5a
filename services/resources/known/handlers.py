"""Keeping known facts: an event older than what we have is ignored, so order of arrival does not matter."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import Envelope
from contracts.projects.events import ProjectClosed, ProjectStarted
from contracts.registry.events import AccountOpened, AccountVerified, OrganisationChanged, OrganisationRegistered
from contracts.registry.events_organisations import AccountMoved
from services.resources.known.models import ERASED_ROLE, KnownAccount, KnownOrganisation, KnownProject


def on_organisation(session: Session, event: OrganisationRegistered | OrganisationChanged, envelope: Envelope) -> None:
    """Insert or overwrite with the newest."""
    known = session.get(KnownOrganisation, event.organisation_id, with_for_update=True)
    if known is None:
        known = KnownOrganisation(id=event.organisation_id, district_code=envelope.district_code)
        session.add(known)
    elif known.source_version >= envelope.subject_version:
        return
    known.name, known.kind, known.status = event.name, event.kind, event.status
    known.fields_of_work, known.street_code, known.hub_id = event.fields, event.street_code, event.hub_id
    known.source_version = envelope.subject_version
    session.flush()


def on_project_started(session: Session, event: ProjectStarted, envelope: Envelope) -> None:
    """A project runs; its needs may be written down."""
    known = session.get(KnownProject, event.project_id, with_for_update=True)
    status = known.status if known is not None and known.source_version > envelope.subject_version else "active"
    known = known or _new_project(session, event.project_id, envelope)
    known.organisation_id, known.title, known.fields_of_work = event.organisation_id, event.title, event.fields
    known.street_code, known.status = event.street_code, status
    known.source_version = max(known.source_version, envelope.subject_version)
    session.flush()


def on_project_closed(session: Session, event: ProjectClosed, envelope: Envelope) -> None:
    """A project ended; heard before its start, the start fills in the rest."""
    known = session.get(KnownProject, event.project_id, with_for_update=True)
    known = known or _new_project(session, event.project_id, envelope)
    if known.source_version <= envelope.subject_version:
        known.status, known.source_version = "closed", envelope.subject_version
    session.flush()


def _new_project(session: Session, project_id: str, envelope: Envelope) -> KnownProject:
    known = KnownProject(
        id=project_id,
        district_code=envelope.district_code,
        title="",
        fields_of_work=[],
        status="active",
        source_version=0,
    )
    session.add(known)
    return known


def on_account_opened(session: Session, event: AccountOpened, envelope: Envelope) -> None:
    """Somebody may act; heard after its verification, it fills in the rest."""
    known = _account(session, event.account_id, envelope)
    if known.role == ERASED_ROLE:
        return
    known.role, known.account_streets = event.role, event.account_streets
    if known.source_version < envelope.subject_version or known.organisation_id is None:
        known.organisation_id = event.organisation_id
    if known.source_version < envelope.subject_version:
        known.community_code, known.verified = event.community_code, event.verified
        known.source_version = envelope.subject_version
    session.flush()


def on_account_moved(session: Session, event: AccountMoved, envelope: Envelope) -> None:
    """It acts for another organisation: what is newest holds, whatever arrives first."""
    known = _account(session, event.account_id, envelope)
    if known.source_version < envelope.subject_version:
        known.role, known.account_streets = event.role, event.account_streets
        known.organisation_id, known.community_code = event.organisation_id, event.community_code
        known.verified, known.source_version = event.verified, envelope.subject_version
    session.flush()


def on_account_verified(session: Session, event: AccountVerified, envelope: Envelope) -> None:
    """The account's place was confirmed."""
    known = _account(session, event.account_id, envelope)
    if known.source_version < envelope.subject_version:
        known.community_code, known.street_code, known.verified = event.community_code, event.street_code, True
        known.source_version = envelope.subject_version
    session.flush()


def _account(session: Session, account_id: str, envelope: Envelope) -> KnownAccount:
    known = session.get(KnownAccount, account_id, with_for_update=True)
    if known is None:
        known = KnownAccount(
            id=account_id,
            district_code=envelope.district_code,
            account_streets=[],
            verified=False,
            source_version=0,
        )
        session.add(known)
    return known
