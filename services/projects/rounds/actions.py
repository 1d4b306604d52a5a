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
from services.projects.plan_templates import queries as templates
from services.projects.rounds import domain, policy, queries
from services.projects.rounds.models import PoolLine, Round
from services.projects.surveys import queries as surveys


def streets(row: db.Tenanted) -> list[str]:
    """The streets an event about a row is for; empty means the district."""
    return [row.street_code] if row.street_code else []


def rules_of(row: Round) -> dict[str, Any]:
    """The rules as they stand, and whose money they give away, for what."""
    rules = domain.frozen({name: getattr(row, name) for name in (*domain.RULES, *domain.ADDED)})
    return {**rules, "pool": [pool_rule(line) for line in row.pool_lines if line.status == "reserved"]}


def freeze(row: Round, rules: dict[str, Any]) -> None:
    """From now on these rules hold; they are kept as hashed, whatever becomes of the rows they name."""
    row.rules_hash, row.frozen_rules = fingerprint.of(rules), fingerprint.plain(rules)


def pool_rule(line: PoolLine) -> dict[str, Any]:
    """What is frozen of a line of the pool."""
    names = ("id", "funder_organisation_id", "amount_fen", "earmark")
    return {name: getattr(line, name) for name in names}


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
    rules = policy.merged(defaults, with_template(session, actor, scale, given))
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
    apply(session, actor, row, given)
    session.flush()
    outbox.record(session, events.RoundChanged(round_id=row.id, changed=sorted(given), street_codes=streets(row)))
    return queries.render(row)


def with_template(session: Session, actor: Actor, scale: str, given: dict[str, Any]) -> dict[str, Any]:
    """The chosen template's rules under those that are given besides."""
    given = dict(given)
    template_id = given.pop("plan_template_id", None)
    if template_id is None:
        return given
    template = templates.chosen(session, template_id, actor, scale=scale)
    of = {**template.rules, "template_id": template.id, "template_number": template.number}
    return {**given, "plan_rules": {**of, **given.get("plan_rules", {})}}


def apply(session: Session, actor: Actor, row: Round, given: dict[str, Any]) -> None:
    """Change rules that are valid together."""
    given = with_template(session, actor, row.scale, given)
    names = (*domain.RULES, *domain.ADDED, "name", "description")
    changed = policy.merged({name: getattr(row, name) for name in names}, given)
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
    earmark: dict[str, Any],
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Name a funder's offer and what it is for; resources reserves it and answers with an event."""
    row = queries.lock_round(session, round_id, actor, expected_version)
    row.status = domain.next_status(row.status, "add_pool_line")
    if amount_fen <= 0 or any(line.offer_id == offer_id and line.status != "refused" for line in row.pool_lines):
        raise ConflictError(ProjectsCode.ROUND_RULES_INVALID, problems=["pool line: an amount, and an offer once"])
    domain.check_earmark(earmark, fields=row.fields, street_code=row.street_code)
    line = next((line for line in row.pool_lines if line.offer_id == offer_id), None)
    if line is None:
        line = PoolLine(district_code=row.district_code, street_code=row.street_code, offer_id=offer_id, created_at=now)
        row.pool_lines.append(line)
    line.funder_organisation_id, line.amount_fen = funder_organisation_id, amount_fen
    line.status, line.reason, line.earmark = "named", None, earmark
    session.flush()
    outbox.record(
        session,
        events.PoolLineNamed(
            round_id=row.id,
            line_id=line.id,
            offer_id=offer_id,
            funder_organisation_id=funder_organisation_id,
            amount_fen=amount_fen,
            fields=earmark["fields"] or list(row.fields),
            earmark_streets=earmark["street_codes"],
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
    surveys.check_finished(session, row.id)
    rules = rules_of(row)
    domain.check_rules(rules)
    domain.check_funded(pool_fen=row.pool_fen, budget_fen=row.budget_fen)
    for line in rules["pool"]:  # the draft may have lost a field since the line was named
        domain.check_earmark(line["earmark"] or domain.FREE, fields=row.fields, street_code=row.street_code)
    freeze(row, rules)
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
            rules_hash=fingerprint.of(rules),
            street_codes=streets(row),
        ),
    )
    set_clock(session, row, "open_round_on_time", row.opens_at)
    set_clock(session, row, "close_round_on_time", row.closes_at)
    return queries.render(row)


def set_clock(session: Session, row: Round, name: str, due_at: datetime) -> None:
    """A durable timer: it fires after a restart as well, and finds out itself whether it is still meant."""
    timers.schedule(session, name, due_at=due_at, district_code=row.district_code, round_id=row.id)


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
        ledger.refund(session, row, line, now=now)
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
