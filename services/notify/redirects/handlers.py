"""News of merges and of streets. Twice and out of order: what is where follows from the redirects in force alone."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, context, redirects, repointing
from chassis.events import Envelope
from contracts.registry.events_organisations import MergeUndone, OrganisationsMerged
from contracts.registry.events_places import PlaceReinstated, PlaceRetired
from services.notify.messages import handlers as messages
from services.notify.redirects.models import PLAN, Redirect


def follow_merge(
    session: Session, event: OrganisationsMerged | MergeUndone, envelope: Envelope, *, active: bool
) -> None:
    """Everything of the merged one to the survivor, or back; nothing where something newer is known."""
    district = envelope.district_code
    redirects.lock(session, district)
    said = {"source": event.merged_id, "target": event.survivor_id, "active": active, "changed_at": clock.system_now()}
    where = {"district_code": district, "kind": redirects.ORGANISATION, "key": event.merge_id}
    if not redirects.note(session, Redirect, version=envelope.subject_version, **where, **said):
        return
    _settle(session, district)
    for organisation_id in (event.survivor_id, event.merged_id):
        messages.release_held(session, district, organisation_id)


def _settle(session: Session, district_code: str) -> repointing.Moved:
    """Where the redirects in force want it."""
    successors = redirects.active(session, Redirect, district_code, redirects.ORGANISATION)
    return repointing.settle(session, PLAN, district_code=district_code, successors=successors)


def sweep(session: Session) -> None:
    """What a late event or an old token still wrote under a merged one's key."""
    district = context.of(session).actor.district_code
    merged = select(Redirect.key).where(
        Redirect.district_code == district,
        Redirect.kind == redirects.ORGANISATION,
        Redirect.active,
    )
    if session.scalars(merged.limit(1)).first() is not None:
        redirects.lock(session, district)
        _settle(session, district)


def follow_street(
    session: Session, event: PlaceRetired | PlaceReinstated, envelope: Envelope, *, successor: str | None
) -> None:
    """What a street became; rows keep the code they were written under."""
    if event.level != "street":
        return
    said = {"source": event.place_code, "target": successor, "active": successor is not None}
    where = {"district_code": envelope.district_code, "kind": redirects.STREET, "key": event.place_code}
    now = clock.system_now()
    redirects.note(session, Redirect, version=envelope.subject_version, **where, **said, changed_at=now)
