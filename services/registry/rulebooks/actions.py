"""Writes of rulebooks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import context, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_assess import AssessCode
from contracts.registry.events_assess import RulebookDrafted, RulebookPublished, RulebookRetired
from services.registry import scope
from services.registry.rulebooks import defaults, domain, queries
from services.registry.rulebooks.models import Rulebook

_REPLACED = "由新版本替代 / replaced by the next version"


def draft(session: Session, *, actor: Actor, now: datetime, kind: str, code: str, **content: Any) -> dict[str, Any]:
    """The next number of its code; one draft at a time."""
    db.check_street(actor, None)
    domain.CHECKS[kind](content)
    scope.hold(session, f"rulebook:{actor.district_code}:{kind}:{code}")
    same = select(Rulebook).where(
        Rulebook.district_code == actor.district_code, Rulebook.kind == kind, Rulebook.code == code
    )
    if session.scalars(same.where(Rulebook.status == "draft")).first() is not None:
        raise ConflictError(AssessCode.RULEBOOK_DRAFT_EXISTS)
    last = session.scalar(same.with_only_columns(func.max(Rulebook.number))) or 0
    row = Rulebook(
        district_code=actor.district_code,
        kind=kind,
        code=code,
        number=last + 1,
        name=content["name"],
        content=content,
        status="draft",
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(session, RulebookDrafted(rulebook_id=row.id, kind=kind, code=code, number=row.number))
    return queries.render(row)


def draft_defaults(session: Session, *, now: datetime) -> int:
    """What the product ships, as drafts, for a district that has no rulebook of the kind yet; how many were made.

    Nothing is in force by itself: people change, publish or retire them, and retired ones do not come back.
    """
    actor = context.of(session).actor
    scope.hold(session, f"rulebooks:{actor.district_code}")
    known = set(session.scalars(select(Rulebook.kind).where(Rulebook.district_code == actor.district_code)))
    missing = [(kind, code, content) for kind, code, content in defaults.RULEBOOKS if kind not in known]
    for kind, code, content in missing:
        draft(session, actor=actor, now=now, kind=kind, code=code, **content)
    return len(missing)


def revise(
    session: Session,
    *,
    actor: Actor,
    kind: str,
    rulebook_id: str,
    expected_version: int | None = None,
    **content: Any,
) -> dict[str, Any]:
    """Only a draft."""
    row = _take(session, actor, rulebook_id, expected_version, kind=kind)
    row.status = domain.next_status(row.status, "revise")
    domain.CHECKS[kind](content)
    row.name, row.content = content["name"], content
    session.flush()
    outbox.record(session, RulebookDrafted(rulebook_id=row.id, kind=kind, code=row.code, number=row.number))
    return queries.render(row)


def publish(
    session: Session, *, actor: Actor, now: datetime, rulebook_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """In force and fixed by its hash; the version in force before it is retired in the same step."""
    row = _take(session, actor, rulebook_id, expected_version)
    status = domain.next_status(row.status, "publish")
    scope.hold(session, f"rulebook:{row.district_code}:{row.kind}:{row.code}")
    before = session.scalars(
        select(Rulebook)
        .where(
            Rulebook.district_code == row.district_code,
            Rulebook.kind == row.kind,
            Rulebook.code == row.code,
            Rulebook.status == "published",
        )
        .with_for_update()
    ).one_or_none()
    if before is not None:
        _retire(session, before, now, _REPLACED, successor_id=row.id)
    row.status, row.published_at = status, now
    row.content_hash = domain.content_hash(row.content)
    session.flush()
    outbox.record(
        session,
        RulebookPublished(
            rulebook_id=row.id, kind=row.kind, code=row.code, number=row.number, content_hash=row.content_hash
        ),
    )
    return queries.render(row)


def retire(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    rulebook_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """What was begun under it is finished under it."""
    row = _take(session, actor, rulebook_id, expected_version)
    _retire(session, row, now, reason, successor_id=None)
    return queries.render(row)


def _retire(session: Session, row: Rulebook, now: datetime, reason: str, *, successor_id: str | None) -> None:
    row.status = domain.next_status(row.status, "retire")
    row.retired_at, row.retired_reason = now, reason
    session.flush()
    outbox.record(session, RulebookRetired(rulebook_id=row.id, successor_id=successor_id, reason=reason))


def _take(session: Session, actor: Actor, rulebook_id: str, expected: int | None, kind: str | None = None) -> Rulebook:
    row = queries.find(session, actor, rulebook_id, kind=kind, lock=True)
    db.check_street(actor, None)
    db.check_version(row, expected)
    return row
