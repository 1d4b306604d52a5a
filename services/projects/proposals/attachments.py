"""Files of a proposal: references to the content-addressed store, attached while the proposal is written."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import config, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.events_plans import AttachmentRemoved, FileAttached
from services.projects.proposals import domain, queries, queries_work
from services.projects.proposals.actions import streets
from services.projects.proposals.models import Proposal
from services.projects.proposals.models_work import Attachment

ATTACHMENTS_MAX = config.setting("PROPOSAL_ATTACHMENTS_MAX", 20, "Files that a proposal may have")


def _writing(session: Session, actor: Actor, proposal_id: str, action: str) -> Proposal:
    row = queries.lock_proposal(session, proposal_id, actor)
    if row.status not in domain.EDITABLE:
        raise ConflictError(ProjectsCode.PROPOSAL_STATE, status=row.status, action=action)
    return row


def attach_file(
    session: Session, *, actor: Actor, now: datetime, proposal_id: str, kind: str, title: str, file: dict[str, Any]
) -> dict[str, Any]:
    """The same bytes once; the proposal's lock keeps the count."""
    row = _writing(session, actor, proposal_id, "attach_file")
    known = queries_work.attached_to(session, row.id)
    if any(each.sha256 == file["sha256"] for each in known):
        raise ConflictError(RoundsCode.ATTACHMENT_KNOWN)
    if len(known) >= ATTACHMENTS_MAX.get():
        raise ConflictError(RoundsCode.ATTACHMENTS_FULL, limit=ATTACHMENTS_MAX.get())
    made = Attachment(
        district_code=row.district_code,
        street_code=row.street_code,
        proposal_id=row.id,
        organisation_id=row.organisation_id,
        kind=kind,
        title=title,
        attached_at=now,
        attached_by=actor.account_id,
        **file,
    )
    session.add(made)
    session.flush()
    outbox.record(
        session,
        FileAttached(
            proposal_id=row.id,
            attachment_id=made.id,
            kind=kind,
            sha256=made.sha256,
            street_codes=streets(row),
        ),
    )
    return queries_work.render_attachment(made)


def remove_attachment(session: Session, *, actor: Actor, now: datetime, attachment_id: str) -> dict[str, Any]:
    """The reference ends; that it was there stays known."""
    found = queries_work.find_attachment(session, attachment_id, actor)
    row = _writing(session, actor, found.proposal_id, "remove_attachment")
    session.refresh(found)
    if found.removed_at is not None:
        raise NotFoundError(RoundsCode.ATTACHMENT_NOT_FOUND)
    found.removed_at = now
    session.flush()
    outbox.record(
        session,
        AttachmentRemoved(proposal_id=row.id, attachment_id=found.id, sha256=found.sha256, street_codes=streets(row)),
    )
    return queries_work.render_attachment(found)
