"""News of merges and of streets. Twice and out of order: what is where follows from the redirects in force alone."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, context, outbox, redirects, repointing
from chassis.events import Envelope
from contracts.projects.events import RoundChanged
from contracts.projects.events_merges import ProjectsReattributed
from contracts.registry.events_organisations import MergeUndone, OrganisationsMerged
from contracts.registry.events_places import PlaceReinstated, PlaceRetired
from services.projects.redirects.models import PLAN, Redirect
from services.projects.review import rechecking
from services.projects.rounds.models import PoolLine


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
    moved = _settle(session, district)
    concerned = (event.survivor_id, event.merged_id)
    recused = rechecking.recheck_conflicts(session, district_code=district, organisation_ids=concerned)
    if not moved and not recused:
        return
    fact = ProjectsReattributed(
        merge_id=event.merge_id,
        survivor_id=event.survivor_id,
        merged_id=event.merged_id,
        active=active,
        moved={table: len(keys) for table, keys in moved.items()},
        recused=[list(row) for row in recused],
        street_codes=event.street_codes,
    )
    outbox.record(session, fact)


def _settle(session: Session, district_code: str) -> repointing.Moved:
    """Where the redirects in force want it; a round whose funder changed says so, for whoever kept it."""
    successors = redirects.active(session, Redirect, district_code, redirects.ORGANISATION)
    moved = repointing.settle(session, PLAN, district_code=district_code, successors=successors)
    lines = [key["id"] for key in moved.get("pool_line", [])]
    if lines:
        rows = session.execute(select(PoolLine.round_id, PoolLine.street_code).where(PoolLine.id.in_(lines)).distinct())
        for round_id, street in rows.all():
            fact = RoundChanged(round_id=round_id, changed=["pool_lines"], street_codes=[street] if street else [])
            outbox.record(session, fact)
    return moved


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
