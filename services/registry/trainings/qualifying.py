"""Who is trained once a session is over: projects keeps it as a credential, for orders that ask for training."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, outbox
from contracts.registry.events_training import TrainingQualified
from services.registry.cases.domain import add_months
from services.registry.told import streets
from services.registry.trainings import domain
from services.registry.trainings.models import TrainingAttendance, TrainingSession

AT_ONCE = 500


def tell_qualified(session: Session, row: TrainingSession) -> None:
    """Accounts that came and organisations whose people came; a bare name is nobody that an order is offered to."""
    if row.qualifies_months is None:
        return
    came = select(TrainingAttendance.account_id, TrainingAttendance.organisation_id).where(
        TrainingAttendance.training_id == row.id, TrainingAttendance.status.in_(domain.CAME)
    )
    people = session.execute(came).all()
    holders = [("account_ids", one) for one in sorted({who.account_id for who in people if who.account_id})]
    holders += [("organisation_ids", one) for one in sorted({who.organisation_id for who in people} - {None})]
    for begin in range(0, len(holders), AT_ONCE):
        told: dict[str, list[str]] = {"account_ids": [], "organisation_ids": []}
        for name, holder in holders[begin : begin + AT_ONCE]:
            told[name].append(holder)
        outbox.record(session, _qualified(row, told))


def _qualified(row: TrainingSession, told: dict[str, list[str]]) -> TrainingQualified:
    begins = clock.day_of(row.starts_at)
    return TrainingQualified(
        training_id=row.id,
        topic=row.topic,
        valid_from=begins.isoformat(),
        valid_until=add_months(begins, row.qualifies_months or 0).isoformat(),
        service_kinds=row.qualifies_kinds or [],
        street_codes=streets(row),
        **told,
    )
