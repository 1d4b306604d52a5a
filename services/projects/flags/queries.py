"""Reading flags and the rules, within the caller's streets; an organisation sees its own flags."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes_flags import FlagCode
from contracts.projects.flags import FlagRulesView, FlagView
from services.projects.delivery import queries as delivery
from services.projects.delivery.models import Project
from services.projects.flags import catalogue, domain
from services.projects.flags.models import Flag, FlagRules
from services.projects.known import queries as known
from services.projects.orders import queries as orders
from services.projects.orders.models import ServiceOrder

View = dict[str, Any]
OVERSEERS = (*roles.STAFF, roles.AUDITOR)
_OWN = frozenset({"activity", "milestone", "spending", "photo"})  # of the flag's own project or order


def visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    """Flags of the actor's streets; outside supervision one's own, and for a hub those of its care."""
    statement = db.scoped(statement, Flag, actor)
    if actor.is_system or actor.role in OVERSEERS:
        return statement
    if actor.role == roles.HUB:
        return statement.where(known.in_care(Flag.organisation_id, actor))
    return statement.where(Flag.organisation_id == actor.organisation_id)


def take_flag(session: Session, *, actor: Actor, flag_id: str, expected_version: int | None = None) -> Flag:
    """One flag the caller may see, locked for a step."""
    row: Flag | None = session.scalars(
        visible(select(Flag).where(Flag.id == flag_id), actor).with_for_update(of=Flag)
    ).one_or_none()
    if row is None:
        raise NotFoundError(FlagCode.FLAG_NOT_FOUND)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def get_flag(session: Session, *, actor: Actor, flag_id: str) -> View:
    """One flag the caller may see."""
    row: Flag | None = session.scalars(visible(select(Flag).where(Flag.id == flag_id), actor)).one_or_none()
    if row is None:
        raise NotFoundError(FlagCode.FLAG_NOT_FOUND)
    return view(session, row, actor)


def list_flags(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> View:
    """A page, newest first."""
    return _page(session, select(Flag).filter_by(**filters), actor, cursor, limit)


def list_project_flags(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: str,
) -> View:
    """Of one project the caller may see."""
    delivery.get_project(session, actor=actor, project_id=project_id)
    return _page(session, select(Flag).filter_by(project_id=project_id, **filters), actor, cursor, limit)


def _page(session: Session, statement: Select[Any], actor: Actor, cursor: str | None, limit: int | None) -> View:
    page = db.page(
        session,
        visible(statement, actor),
        by=Flag.id,
        render=lambda row: {"row": row},
        cursor=cursor,
        limit=limit,
    )
    rows: list[Flag] = [item["row"] for item in page["items"]]
    seen = _seen(session, rows, actor)
    return {**page, "items": [render(row, seen) for row in rows]}


def view(session: Session, row: Flag, actor: Actor) -> View:
    """The flag as this caller may see it."""
    session.flush()
    return render(row, _seen(session, [row], actor))


def _seen(session: Session, rows: Iterable[Flag], actor: Actor) -> set[str]:
    """Which of the projects and orders that flags point at the caller may see."""
    named = {(one["kind"], one["id"]) for row in rows for one in row.named}
    projects = [id_ for kind, id_ in named if kind == "project"]
    others = [id_ for kind, id_ in named if kind == "order"]
    found: set[str] = set()
    if projects:
        found |= set(session.scalars(delivery.visible(select(Project.id).where(Project.id.in_(projects)), actor)))
    if others:
        mine = orders.visible(select(ServiceOrder.id).where(ServiceOrder.id.in_(others)), actor)
        found |= set(session.scalars(mine))
    return found


def render(row: Flag, seen: set[str]) -> View:
    """Nothing of another street, or of another organisation, is named: it is only counted."""
    shown = {column.key: getattr(row, column.key) for column in Flag.__mapper__.column_attrs}
    named = [one for one in row.named if one["kind"] in _OWN or one["id"] in seen]
    reason_zh, reason_en = catalogue.reason(row.rule, row.facts)
    shown |= {
        "named": named,
        "hidden": len(row.named) - len(named),
        "reason_zh": reason_zh,
        "reason_en": reason_en,
        "answer_until": domain.answer_until(row.raised_at, row.answer_days),
    }
    rendered: View = FlagView().dump(shown)
    return rendered


def unsettled_of(session: Session, project_id: str, severities: Sequence[str]) -> list[str]:
    """Ids of a project's flags of these severities that nobody decided yet, oldest first."""
    waiting = Flag.severity.in_(severities), Flag.status.in_(domain.UNSETTLED)
    return list(session.scalars(select(Flag.id).where(Flag.project_id == project_id, *waiting).order_by(Flag.id)))


def of_subject(session: Session, district_code: str, subject: str) -> dict[tuple[str, str], Flag]:
    """Every flag of a project or order, by rule and key."""
    rows = session.scalars(
        select(Flag).where(Flag.district_code == district_code, Flag.subject == subject).with_for_update(of=Flag)
    )
    return {(row.rule, row.key): row for row in rows}


def current_rules(session: Session, district_code: str) -> FlagRules | None:
    """The version in force; ``None``: the district has published none."""
    newest = select(FlagRules).where(FlagRules.district_code == district_code).order_by(FlagRules.number.desc())
    return session.scalars(newest.limit(1)).one_or_none()


def rules_of(session: Session, district_code: str) -> tuple[int, int, Sequence[dict[str, Any]]]:
    """``(number, answer days, rules)`` in force."""
    row = current_rules(session, district_code)
    if row is None:
        return 0, catalogue.ANSWER_DAYS, catalogue.defaults()
    return row.number, row.answer_days, catalogue.completed(row.rules)


def get_flag_rules(session: Session, *, actor: Actor) -> View:
    """The rules in force, for everybody."""
    row = current_rules(session, actor.district_code)
    number, answer_days, rules = rules_of(session, actor.district_code)
    return _rules_view(actor.district_code, number, answer_days, rules, row.published_at if row else None)


def list_flag_rules(session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None) -> View:
    """Every published version, newest first."""
    statement = select(FlagRules).where(FlagRules.district_code == actor.district_code)

    def render_rules(row: FlagRules) -> View:
        return _rules_view(row.district_code, row.number, row.answer_days, row.rules, row.published_at)

    return db.page(session, statement, by=FlagRules.id, render=render_rules, cursor=cursor, limit=limit)


def _rules_view(
    district_code: str, number: int, answer_days: int, rules: Sequence[dict[str, Any]], published_at: datetime | None
) -> View:
    known_rules = catalogue.RULES
    shown = [
        {
            **rule,
            "area": known_rules[rule["key"]].area,
            "since": rule["since"] and date.fromisoformat(rule["since"]),
        }
        for rule in rules
        if rule["key"] in known_rules
    ]
    about = {"district_code": district_code, "number": number, "answer_days": answer_days}
    rendered: View = FlagRulesView().dump({**about, "rules": shown, "published_at": published_at})
    return rendered
