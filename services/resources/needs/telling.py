"""What others hear of a need."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from contracts.resources import events
from services.resources.needs.models import Need


def tell(session: Session, need: Need, kind: type[events.NeedFact], **extra: Any) -> None:
    """Record an event of the need."""
    outbox.record(session, fact_of(need, kind, **extra))


def fact_of(need: Need, kind: type[events.NeedFact], **extra: Any) -> events.NeedFact:
    """An event of the need as it is."""
    return kind(
        street_codes=[need.street_code] if need.street_code else [],
        need_id=need.id,
        organisation_id=need.organisation_id,
        kind=need.kind,
        quantity=need.quantity,
        received=need.received,
        unit=need.unit,
        project_id=need.project_id,
        requester_account_id=need.requester_account_id or need.linked_account_id,
        handler_organisation_id=need.handler_organisation_id,
        **extra,
    )
