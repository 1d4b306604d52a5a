"""Free text that tells of a person: erased with the account of whoever wrote it, or by hand where it names somebody."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox, person
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from chassis.person import Part
from contracts.registry.codes_free_text import FreeTextCode
from contracts.registry.events_free_text import TextRedacted
from contracts.registry.free_text import REDACTABLE
from services.registry.cases.models import CaseObjection
from services.registry.consultations.models import Consultation
from services.registry.organisations.models import OrganisationChange
from services.registry.seed_groups.models import SeedMeeting, SeedMember
from services.registry.trainings.models import TrainingSession
from services.registry.visits.models import Finding, Visit

# What a person said of themselves. What staff wrote in office is a record of the office and stays.
PARTS = (
    Part("consultations", Consultation, ("account_id",), (), ("question", "answer")),
    Part("objections", CaseObjection, ("account_id",), (), ("text",)),
    Part("memberships", SeedMember, ("account_id",), (), ("strengths",)),
)
MODELS: dict[str, Any] = {
    "vis": Visit,
    "fnd": Finding,
    "con": Consultation,
    "obj": CaseObjection,
    "chg": OrganisationChange,
    "mtg": SeedMeeting,
    "trs": TrainingSession,
}


def forget_words(session: Session, account_id: str) -> None:
    """Of an account that is erased."""
    person.erase(session, PARTS, account_id)


def redact_text(session: Session, *, actor: Actor, record_id: str, field: str, ground: str) -> dict[str, Any]:
    """One text of one record goes for good; that it went, and why, is told, never what it said."""
    prefix = record_id.partition("_")[0]
    row = db.get_scoped(session, MODELS[prefix], record_id, actor, lock=True) if prefix in MODELS else None
    if row is None or field not in REDACTABLE.get(prefix, ()):
        raise NotFoundError(FreeTextCode.NOT_FOUND, record_id=record_id, field=field)
    db.check_street(actor, row.street_code)
    if getattr(row, field) in (None, "", person.ERASED):
        raise ConflictError(FreeTextCode.EMPTY)
    setattr(row, field, person.ERASED)
    session.flush()
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, TextRedacted(record_id=record_id, field=field, ground=ground, street_codes=streets))
    return {"record_id": record_id, "field": field, "ground": ground}
