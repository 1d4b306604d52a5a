"""Reads of rulebooks."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.registry.codes_assess import AssessCode
from contracts.registry.rulebooks import RulebookView
from services.registry import scope
from services.registry.rulebooks import domain
from services.registry.rulebooks.models import Rulebook

_VIEW = RulebookView()


def render(row: Rulebook) -> dict[str, Any]:
    """One version."""
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "rulebook_id": row.id})
    return shown


def find(session: Session, actor: Actor, rulebook_id: str, *, kind: str | None = None, lock: bool = False) -> Rulebook:
    """One version of the actor's district."""
    row = db.get_scoped(session, Rulebook, rulebook_id, actor, lock=lock)
    if row is None or (kind is not None and row.kind != kind):
        raise NotFoundError(AssessCode.RULEBOOK_NOT_FOUND)
    return row


def in_force(session: Session, actor: Actor, rulebook_id: str, *, kind: str) -> Rulebook:
    """A published one to work by."""
    row = find(session, actor, rulebook_id, kind=kind)
    domain.check_in_force(row.status, row.content, row.content_hash)
    return row


def get_rulebook(session: Session, *, actor: Actor, rulebook_id: str) -> dict[str, Any]:
    """One version."""
    return render(find(session, actor, rulebook_id))


def list_rulebooks(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""
    statement = db.scoped(select(Rulebook), Rulebook, actor).filter_by(**equal)
    return db.page(session, statement, by=Rulebook.id, render=render, cursor=cursor, limit=limit)
