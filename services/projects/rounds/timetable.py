"""A round's timetable: amendments, opening, closing, the end of the notice, and the clocks that do it on time."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.projects import events
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.events_plans import RoundNoticeEnded
from services.projects import fingerprint
from services.projects.proposals.models import Proposal
from services.projects.rounds import domain, queries
from services.projects.rounds.actions import advance, apply, freeze, rules_of, set_clock, streets
from services.projects.rounds.models import Round


def amend_round(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    round_id: str,
    reason: str,
    expected_version: int | None = None,
    **given: Any,
) -> dict[str, Any]:
    """Frozen rules change only here, before closing, visibly, with notice to all and time left to follow."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    row.status = domain.next_status(row.status, "amend")
    before, hash_before = rules_of(row), row.rules_hash
    apply(session, actor, row, given)
    after = rules_of(row)
    changed = sorted(name for name in after if fingerprint.plain(after[name]) != fingerprint.plain(before.get(name)))
    if not changed:
        raise InvalidError(RoundsCode.AMENDMENT_EMPTY)
    days = (row.plan_rules or {}).get("amendment_days", 0)
    domain.check_time_left(now=now, closes_at=row.closes_at, days=days)
    freeze(row, after)
    amendment = {
        "amended_at": now.isoformat(timespec="seconds"),
        "reason": reason,
        "changed": changed,
        "hash_before": hash_before,
        "hash_after": row.rules_hash,
        "before": fingerprint.plain({name: before.get(name) for name in changed}),
        "after": fingerprint.plain({name: after[name] for name in changed}),
    }
    row.amendments = [*row.amendments, amendment]
    if "opens_at" in changed:
        set_clock(session, row, "open_round_on_time", row.opens_at)
    if "closes_at" in changed:
        set_clock(session, row, "close_round_on_time", row.closes_at)
    session.flush()
    _tell_amended(session, row, changed, reason)
    return queries.render(row)


def _tell_amended(session: Session, row: Round, changed: list[str], reason: str) -> None:
    """Notice to all, as the call was."""
    zh, en = domain.in_words(changed)
    outbox.record(
        session,
        events.RoundAmended(
            round_id=row.id,
            name=row.name,
            changed=changed,
            rules_hash=row.rules_hash or "",
            reason=reason,
            changed_zh=zh,
            changed_en=en,
            street_codes=streets(row),
        ),
    )


def open_round(
    session: Session, *, actor: Actor, now: datetime, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Open for proposals, not before the time that was published."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    domain.next_status(row.status, "open")
    domain.check_due(now=now, due_at=row.opens_at)
    advance(session, row, "open")
    return queries.render(row)


def close_round(
    session: Session, *, actor: Actor, now: datetime, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Close for proposals, not before the time that was published."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    domain.next_status(row.status, "close")
    domain.check_due(now=now, due_at=row.closes_at)
    advance(session, row, "close")
    return queries.render(row)


def fire_clock(session: Session, *, actor: Actor, now: datetime, round_id: str, action: str) -> None:
    """The timetable's clock. An older clock of an amended or moved round finds nothing to do and says so by silence."""
    row = queries.lock_round(session, round_id, actor)
    due_at = row.opens_at if action == "open" else row.closes_at
    if now >= due_at and (row.status, action) in domain.TRANSITIONS:
        advance(session, row, action)


def start_notice_clock(session: Session, row: Round) -> None:
    """Set whenever the notice is published, or published again with a later end."""
    if row.notice_ends_at is not None:
        set_clock(session, row, "end_notice_on_time", row.notice_ends_at)


def end_notice(session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
    """Staff are told that the round may be awarded. A notice that was prolonged has a later clock."""
    row = queries.lock_round(session, round_id, actor)
    if row.notice_ends_at is None or now < row.notice_ends_at:
        return
    waiting = select(Proposal.id).where(Proposal.round_id == row.id, Proposal.status == "notice")
    if row.status != "public_notice" and session.scalar(waiting.limit(1)) is None:
        return
    outbox.record(
        session,
        RoundNoticeEnded(
            round_id=row.id, name=row.name, ended_at=row.notice_ends_at.isoformat(), street_codes=streets(row)
        ),
    )
