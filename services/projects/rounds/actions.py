"""Writing rounds: drafting, pool, publication, amendment, the clock's steps, cancelling."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from services.projects import fingerprint
from services.projects.awards import ledger
from services.projects.rounds import domain, policy, queries
from services.projects.rounds.models import PoolLine, Round


def streets(row: db.Tenanted) -> list[str]:
    """The streets an event about a row is for; empty means the district."""
    return [row.street_code] if row.street_code else []


def rules_of(row: Round) -> dict[str, Any]:
    """The rules as they stand."""
    return domain.frozen({name: getattr(row, name) for name in domain.RULES})


def advance(session: Session, row: Round, action: str) -> None:
    """A step that has no event of its own."""
    row.status = domain.next_status(row.status, action)
    outbox.record(
        session, events.RoundAdvanced(round_id=row.id, action=action, status=row.status, street_codes=streets(row))
    )
    session.flush()


def create_round(
    session: Session, *, actor: Actor, now: datetime, name: str, scale: str, description: str, **given: Any
) -> dict[str, Any]:
    """A draft; what is not given comes from the district's policy."""
    db.check_street(actor, given["street_code"])
    defaults = policy.rules_for(session, district_code=actor.district_code, scale=scale)
    defaults["cap_fen"] = min(defaults["cap_fen"], given["budget_fen"])
    rules = policy.merged(defaults, given)
    domain.check_rules(rules)
    row = Round(
        district_code=actor.district_code,
        name=name,
        scale=scale,
        description=description,
        status="drafting",
        created_at=now,
        pool_fen=0,
        amendments=[],
        **rules,
    )
    session.add(row)
    session.flush()
    outbox.record(
        session,
        events.RoundDrafted(
            round_id=row.id, name=name, scale=scale, budget_fen=row.budget_fen, street_codes=streets(row)
        ),
    )
    return queries.render(row)


def change_round(
    session: Session, *, actor: Actor, round_id: str, expected_version: int | None = None, **given: Any
) -> dict[str, Any]:
    """Change a draft."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    row.status = domain.next_status(row.status, "change")
    _apply(row, given)
    session.flush()
    outbox.record(session, events.RoundChanged(round_id=row.id, changed=sorted(given), street_codes=streets(row)))
    return queries.render(row)


def _apply(row: Round, given: dict[str, Any]) -> None:
    changed = policy.merged({name: getattr(row, name) for name in (*domain.RULES, "name", "description")}, given)
    domain.check_rules(changed)
    for name in given:
        setattr(row, name, changed[name])


def start_needs_survey(
    session: Session, *, actor: Actor, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    row = queries.lock_round(session, round_id, actor, expected_version)
    advance(session, row, "start_needs_survey")
    return queries.render(row)


def add_pool_line(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    round_id: str,
    offer_id: str,
    funder_organisation_id: str,
    amount_fen: int,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Name a funder's offer; resources reserves it and answers with an event."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    row.status = domain.next_status(row.status, "add_pool_line")
    if amount_fen <= 0 or any(line.offer_id == offer_id and line.status != "refused" for line in row.pool_lines):
        raise ConflictError(ProjectsCode.ROUND_RULES_INVALID, problems=["pool line: an amount, and an offer once"])
    line = next((line for line in row.pool_lines if line.offer_id == offer_id), None)
    if line is None:
        line = PoolLine(district_code=row.district_code, street_code=row.street_code, offer_id=offer_id, created_at=now)
        row.pool_lines.append(line)
    line.funder_organisation_id, line.amount_fen = funder_organisation_id, amount_fen
    line.status, line.reason = "named", None
    session.flush()
    outbox.record(
        session,
        events.PoolLineNamed(
            round_id=row.id,
            line_id=line.id,
            offer_id=offer_id,
            funder_organisation_id=funder_organisation_id,
            amount_fen=amount_fen,
            fields=list(row.fields),
            street_codes=streets(row),
        ),
    )
    return queries.render(row)


def publish_round(
    session: Session, *, actor: Actor, now: datetime, round_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The call goes public: pool funded, rules frozen by hash, clocks set."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    row.status = domain.next_status(row.status, "publish")
    rules = rules_of(row)
    domain.check_rules(rules)
    domain.check_funded(pool_fen=row.pool_fen, budget_fen=row.budget_fen)
    row.rules_hash = fingerprint.of(rules)
    row.published_at = now
    session.flush()
    outbox.record(
        session,
        events.RoundPublished(
            round_id=row.id,
            name=row.name,
            scale=row.scale,
            fields=row.fields,
            budget_fen=row.budget_fen,
            opens_at=row.opens_at.isoformat(),
            closes_at=row.closes_at.isoformat(),
            rules_hash=row.rules_hash,
            street_codes=streets(row),
        ),
    )
    _set_clock(session, row, "open_round_on_time", row.opens_at)
    _set_clock(session, row, "close_round_on_time", row.closes_at)
    return queries.render(row)


def _set_clock(session: Session, row: Round, name: str, due_at: datetime) -> None:
    timers.schedule(session, name, due_at=due_at, district_code=row.district_code, round_id=row.id)


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
    """Frozen rules change only here, before closing, visibly and with notice to all."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    row.status = domain.next_status(row.status, "amend")
    before = row.rules_hash
    _apply(row, given)
    row.rules_hash = fingerprint.of(rules_of(row))
    amendment = {
        "amended_at": now.isoformat(timespec="seconds"),
        "reason": reason,
        "changed": sorted(given),
        "hash_before": before,
        "hash_after": row.rules_hash,
    }
    row.amendments = [*row.amendments, amendment]
    if "opens_at" in given:
        _set_clock(session, row, "open_round_on_time", row.opens_at)
    if "closes_at" in given:
        _set_clock(session, row, "close_round_on_time", row.closes_at)
    session.flush()
    outbox.record(
        session,
        events.RoundAmended(
            round_id=row.id,
            name=row.name,
            changed=sorted(given),
            rules_hash=row.rules_hash,
            street_codes=streets(row),
        ),
    )
    return queries.render(row)


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


def cancel_round(
    session: Session, *, actor: Actor, now: datetime, round_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Cancel with notice to all; reserved money goes back to its offers."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    row.status = domain.next_status(row.status, "cancel")
    row.cancel_reason = reason
    for line in row.pool_lines:
        release_line(session, row, line, now=now)
    session.flush()
    outbox.record(
        session,
        events.RoundCancelled(round_id=row.id, name=row.name, reason=reason, street_codes=streets(row)),
    )
    return queries.render(row)


def release_line(session: Session, row: Round, line: PoolLine, *, now: datetime) -> None:
    """Give a line back; a line that resources has not answered yet is released when it does."""
    if line.status == "reserved":
        row.pool_fen -= line.amount_fen
        ledger.post(
            session,
            line,
            "refunded",
            round_id=row.id,
            amount_fen=line.amount_fen,
            reference=line.id,
            now=now,
            funder=line.funder_organisation_id,
        )
    if line.status in {"named", "reserved"}:
        line.status = domain.next_line_status(line.status, "release")
        outbox.record(
            session,
            events.PoolLineReleased(
                round_id=row.id,
                line_id=line.id,
                offer_id=line.offer_id,
                amount_fen=line.amount_fen,
                street_codes=streets(row),
            ),
        )
