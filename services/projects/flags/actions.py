"""Looking at projects and orders by the published rules, and the steps of a flag."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ForbiddenError
from contracts.projects import events_flags as events
from contracts.projects.codes_flags import FlagCode
from services.projects.delivery import queries as delivery
from services.projects.delivery.models import Project
from services.projects.evidence import noting
from services.projects.flags import catalogue, domain, gathering, queries
from services.projects.flags.models import Flag, FlagRules
from services.projects.known import queries as known
from services.projects.orders.models import ServiceOrder

View = dict[str, Any]
TOLD_ORGANISATION = (events.FlagRaised, events.FlagUpheld)


def review_project(session: Session, project: Project, *, now: datetime) -> Counter[str]:
    """``{found, raised, withdrawn}``. Twice the same facts change nothing."""
    _wait(session, project.id)
    noting.note_project(session, project, now=now)
    case = gathering.project_case(session, project, today=clock.day_of(now))
    about = {
        "district_code": project.district_code,
        "street_code": project.street_code,
        "subject": project.id,
        "project_id": project.id,
        "organisation_id": project.organisation_id,
    }
    return _settle(session, case, about, now=now)


def review_order(session: Session, order: ServiceOrder, *, now: datetime) -> Counter[str]:
    """The same of an order."""
    _wait(session, order.id)
    noting.note_order(session, order, now=now)
    case = gathering.order_case(session, order, today=clock.day_of(now))
    about = {
        "district_code": order.district_code,
        "street_code": order.street_code,
        "subject": order.id,
        "order_id": order.id,
        "organisation_id": order.organisation_id,
    }
    return _settle(session, case, about, now=now)


def _wait(session: Session, subject: str) -> None:
    """Two reviews of the same project come one after the other."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"flags/{subject}", 0))))


def _settle(session: Session, case: Any, about: dict[str, Any], *, now: datetime) -> Counter[str]:
    number, answer_days, rules = queries.rules_of(session, about["district_code"])
    severity = {rule["key"]: rule["severity"] for rule in rules}
    flags = queries.of_subject(session, about["district_code"], about["subject"])
    found = {(one.rule, one.key): one for one in catalogue.find_all(case, rules)}
    counts = Counter(found=len(found), raised=0, withdrawn=0)
    for place, finding in found.items():
        row = flags.get(place)
        said = {
            "facts": dict(finding.facts),
            "grounds": list(finding.grounds),
            "named": [asdict(one) for one in finding.named],
            "severity": severity[finding.rule],
            "rules_number": number,
            "answer_days": answer_days,
        }
        if row is None:
            _raise(session, finding, {**about, **said}, now)
            counts["raised"] += 1
        else:
            counts["raised"] += _found_again(session, row, said, now)
    for place in sorted(set(flags) - set(found)):
        counts["withdrawn"] += _not_found(session, flags[place])
    return counts


def _raise(session: Session, finding: domain.Finding, said: dict[str, Any], now: datetime) -> None:
    area = catalogue.RULES[finding.rule].area
    when = {"raised_at": now, "created_at": now}
    row = Flag(rule=finding.rule, key=finding.key, area=area, status="open", **when, **said)
    session.add(row)
    _record(session, row, events.FlagRaised, severity=row.severity, again=False)


def _found_again(session: Session, row: Flag, said: dict[str, Any], now: datetime) -> int:
    """Settled cases stay as they were judged, unless it is another case now."""
    action = domain.on_review(row.status, known=row.grounds, found=said["grounds"])
    if action is None:
        if row.status in domain.UNSETTLED:
            _tell(row, {name: said[name] for name in ("facts", "grounds", "named")})
        return 0
    row.status = domain.next_status(row.status, action)
    _tell(row, said)
    row.raised_at, row.closed_at, row.decided_at = now, None, None
    session.flush()
    _record(session, row, events.FlagRaised, severity=row.severity, again=True)
    return 1


def _tell(row: Flag, said: dict[str, Any]) -> None:
    """Only what differs, so that a review that finds nothing new leaves the version alone."""
    for name, value in said.items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def _not_found(session: Session, row: Flag) -> int:
    action = domain.on_review(row.status, known=row.grounds, found=None)
    if action is None:
        return 0
    row.status = domain.next_status(row.status, action)
    session.flush()
    _record(session, row, events.FlagWithdrawn)
    return 1


def review_project_flags(session: Session, *, actor: Actor, now: datetime, project_id: str) -> View:
    """Staff ask to look now instead of tonight."""
    project = delivery.get_project(session, actor=actor, project_id=project_id)
    db.check_street(actor, project.street_code)
    counts = review_project(session, project, now=now)
    return {"project_id": project.id, **{name: counts[name] for name in ("found", "raised", "withdrawn")}}


def explain_flag(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    flag_id: str,
    explanation: str,
    expected_version: int | None = None,
) -> View:
    """The organisation, or the hub that cares for it, answers; it may answer better until staff decide."""
    row = queries.take_flag(session, actor=actor, flag_id=flag_id, expected_version=expected_version)
    if row.organisation_id is None or not known.acts_for(session, actor, row.organisation_id):
        raise ForbiddenError(FlagCode.FLAG_NOT_YOURS)
    row.status = domain.next_status(row.status, "explain")
    row.explanation, row.explained_at = explanation, now
    _record(session, row, events.FlagExplained)
    return queries.view(session, row, actor)


def accept_flag(
    session: Session, *, actor: Actor, now: datetime, flag_id: str, note: str, expected_version: int | None = None
) -> View:
    """Nothing is wrong."""
    return _decide(session, actor, "accept", flag_id, note, expected_version, now)


def uphold_flag(
    session: Session, *, actor: Actor, now: datetime, flag_id: str, note: str, expected_version: int | None = None
) -> View:
    """Something is wrong; the organisation was heard, or had its time."""
    return _decide(session, actor, "uphold", flag_id, note, expected_version, now)


def _decide(
    session: Session, actor: Actor, action: str, flag_id: str, note: str, expected_version: int | None, now: datetime
) -> View:
    row = queries.take_flag(session, actor=actor, flag_id=flag_id, expected_version=expected_version)
    status = domain.next_status(row.status, action)
    if action == "uphold":
        domain.check_heard(row.status, raised_at=row.raised_at, answer_days=row.answer_days, now=now)
    row.status, row.note, row.decided_at = status, note, now
    _record(session, row, events.FlagAccepted if action == "accept" else events.FlagUpheld)
    return queries.view(session, row, actor)


def close_flag(
    session: Session, *, actor: Actor, now: datetime, flag_id: str, note: str = "", expected_version: int | None = None
) -> View:
    """Settled."""
    row = queries.take_flag(session, actor=actor, flag_id=flag_id, expected_version=expected_version)
    row.status = domain.next_status(row.status, "close")
    row.closed_at, row.note = now, note or row.note
    _record(session, row, events.FlagClosed)
    return queries.view(session, row, actor)


def publish_flag_rules(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    rules: Iterable[dict[str, Any]],
    answer_days: int | None = None,
) -> View:
    """The next version; it holds from the next review on. Two at once come one after the other."""
    db.check_street(actor, None)
    _wait(session, f"rules/{actor.district_code}")
    number, days, current = queries.rules_of(session, actor.district_code)
    after, changed = domain.amended(current, rules, bounds=catalogue.BOUNDS, today=clock.day_of(now))
    row = FlagRules(
        district_code=actor.district_code,
        number=number + 1,
        answer_days=days if answer_days is None else answer_days,
        rules=after,
        published_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(session, events.FlagRulesPublished(district=actor.district_code, number=row.number, changed=changed))
    return queries.get_flag_rules(session, actor=actor)


def _record(session: Session, row: Flag, kind: Any, **facts: Any) -> None:
    session.flush()
    streets = [row.street_code] if row.street_code else []
    about = {"flag_id": row.id, "project_id": row.project_id, "order_id": row.order_id, "rule": row.rule}
    if kind in TOLD_ORGANISATION:
        about["organisation_id"] = row.organisation_id
    outbox.record(session, kind(**about, street_codes=streets, **facts))
