"""Trainings that the registry recognises: who came is trained, as if staff had recorded it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Envelope
from contracts.registry.events_training import TrainingQualified
from services.projects.credentials import actions
from services.projects.credentials.models import Credential
from services.projects.known import queries as known
from services.projects.known.models import ERASED_ROLE
from services.projects.redirects import queries as redirects

REQUIREMENT = "trained"


def on_training_qualified(session: Session, event: TrainingQualified, envelope: Envelope) -> None:
    """One credential for each holder and kind of service; what is there already stays as it is, revoked or not."""
    held = _held(session, event.training_id)
    now = clock.now(session, envelope.district_code)
    for holder in _holders(session, event, envelope):
        for kind in _kinds(event):
            if (*holder, kind) in held:
                continue
            row = Credential(
                district_code=envelope.district_code,
                street_code=event.street_codes[0] if len(event.street_codes) == 1 else None,
                requirement=REQUIREMENT,
                organisation_id=holder[0],
                account_id=holder[1],
                service_kind=kind,
                title=event.topic,
                valid_from=date.fromisoformat(event.valid_from),
                valid_until=date.fromisoformat(event.valid_until),
                evidence=[],
                training_id=event.training_id,
                recorded_by=envelope.actor["account_id"],
                created_at=now,
            )
            actions.keep(session, row)


def _kinds(event: TrainingQualified) -> Sequence[str | None]:
    return event.service_kinds or (None,)


def _holders(session: Session, event: TrainingQualified, envelope: Envelope) -> Iterator[tuple[str | None, str | None]]:
    """A merged organisation's training is the survivor's; somebody who was erased since holds nothing."""
    for organisation_id in sorted(redirects.survivors(session, envelope.district_code, event.organisation_ids)):
        yield organisation_id, None
    for account_id in event.account_ids:
        account = known.account(session, account_id)
        if account is None or account.role != ERASED_ROLE:
            yield None, account_id


def _held(session: Session, training_id: str) -> set[tuple[str | None, str | None, str | None]]:
    columns = Credential.organisation_id, Credential.account_id, Credential.service_kind
    rows = session.execute(select(*columns).where(Credential.training_id == training_id))
    return {(row[0], row[1], row[2]) for row in rows}
