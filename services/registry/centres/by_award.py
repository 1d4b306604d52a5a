"""Entrusting by news: an award that operates a street entrusts its hub with the street, or says why not."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import system_actor
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from chassis.events import Envelope
from contracts.projects.events_plans import StreetOperationAwarded
from contracts.registry.events_entrusting import EntrustmentRefused
from services.registry.centres import entrusting
from services.registry.centres.models import Entrustment, KnownAward

REFUSALS = (ConflictError, ForbiddenError, InvalidError, NotFoundError)


def on_street_operation_awarded(
    session: Session, event: StreetOperationAwarded, envelope: Envelope, *, now: datetime
) -> None:
    """Once per award; the news may come before that of the award itself, which says no more than this."""
    facts = {"organisation_id": event.organisation_id, "round_id": event.round_id}
    made = insert(KnownAward).values(id=event.award_id, district_code=envelope.district_code, ended=False, **facts)
    session.execute(made.on_conflict_do_update(index_elements=["id"], set_=facts))
    if session.scalar(select(Entrustment.id).where(Entrustment.award_id == event.award_id)) is not None:
        return
    try:
        entrusting.entrust_hub(
            session,
            actor=system_actor("street_operation_awarded", envelope.district_code),
            now=now,
            street_code=event.street_code,
            hub_id=event.organisation_id,
            award_id=event.award_id,
            goals=event.title,
            from_on=date.fromisoformat(event.from_on),
            until_on=date.fromisoformat(event.until_on),
        )
    except REFUSALS as refusal:  # every check comes before the first write
        _refuse(session, event, refusal)


def _refuse(session: Session, event: StreetOperationAwarded, refusal: FootprintError) -> None:
    outbox.record(
        session,
        EntrustmentRefused(
            award_id=event.award_id,
            hub_id=event.organisation_id,
            street_code=event.street_code,
            code=refusal.code,
            reason_zh=refusal.zh,
            reason_en=refusal.en,
            street_codes=[event.street_code],
        ),
    )
