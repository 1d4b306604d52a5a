"""Reads of consultations."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.registry.codes_growth import GrowthCode
from contracts.registry.consultations import ConsultationView
from services.registry import scope
from services.registry.consultations.models import Consultation

_VIEW = ConsultationView()


def render(row: Consultation) -> dict[str, Any]:
    """The view."""
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "consultation_id": row.id})
    return shown


def get_consultation(session: Session, *, actor: Actor, consultation_id: str) -> dict[str, Any]:
    """One consultation."""
    code, column = GrowthCode.CONSULTATION_NOT_FOUND, Consultation.organisation_id
    return render(scope.find(session, Consultation, consultation_id, actor, code, column=column))


def list_consultations(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""
    statement = scope.visible(Consultation, Consultation.organisation_id, actor).filter_by(**equal)
    return db.page(session, statement, by=Consultation.id, render=render, cursor=cursor, limit=limit)
