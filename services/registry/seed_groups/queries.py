"""Reads of seed groups."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.seed_groups import SeedGroupDetail, SeedGroupView, SeedMemberView, SeedStepView
from services.registry import scope
from services.registry.personal import masked
from services.registry.policies.queries import number
from services.registry.seed_groups import domain
from services.registry.seed_groups.models import SeedGroup, SeedMeeting, SeedMember, SeedStep

_VIEW, _DETAIL, _STEP = SeedGroupView(), SeedGroupDetail(), SeedStepView()


def visible(actor: Actor) -> Select[Any]:
    """Groups of the actor's streets; for a hub those it looks after."""
    statement = db.scoped(select(SeedGroup), SeedGroup, actor)
    if actor.role == roles.HUB:
        statement = statement.where(SeedGroup.hub_id == actor.organisation_id, SeedGroup.hub_id.is_not(None))
    return statement


def find_group(session: Session, actor: Actor, seed_group_id: str, *, lock: bool = False) -> SeedGroup:
    """One group the actor may see."""
    statement = visible(actor).where(SeedGroup.id == seed_group_id)
    if lock:
        statement = statement.with_for_update(of=SeedGroup)
    row: SeedGroup | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(RegistryCode.SEED_GROUP_NOT_FOUND)
    return row


def counts(session: Session, group: SeedGroup) -> dict[str, int]:
    """Backbone people, all members, meetings."""
    session.flush()
    kinds = dict(
        session.execute(
            select(SeedMember.kind, func.count()).where(SeedMember.seed_group_id == group.id).group_by(SeedMember.kind)
        ).all()
    )
    held = select(func.count()).where(SeedMeeting.seed_group_id == group.id, SeedMeeting.quorate.is_not(False))
    return {
        "backbone": kinds.get("backbone", 0),
        "capable": kinds.get("capable", 0),
        "members": sum(kinds.values()),
        "meetings": session.scalar(held) or 0,
    }


def threshold(session: Session, district_code: str) -> dict[str, int]:
    """What a group needs before it is filed."""
    return {
        key: number(session, district_code, f"seed_{key}") for key in ("backbone", "capable", "members", "meetings")
    }


def _facts(session: Session, row: SeedGroup) -> dict[str, Any]:
    have = counts(session, row)
    need = threshold(session, row.district_code)
    return {**scope.columns(row), "seed_group_id": row.id, **have, "missing": domain.missing(have, need)}


def render(session: Session, row: SeedGroup) -> dict[str, Any]:
    """A group with its members and meetings."""
    members = session.scalars(select(SeedMember).where(SeedMember.seed_group_id == row.id).order_by(SeedMember.id))
    meetings = session.scalars(select(SeedMeeting).where(SeedMeeting.seed_group_id == row.id).order_by(SeedMeeting.id))
    facts = _facts(session, row)
    facts["member_list"] = [_member(member) for member in members]
    facts["meeting_list"] = [_meeting(meeting) for meeting in meetings]
    shown: dict[str, Any] = _DETAIL.dump(facts)
    return shown


def _meeting(row: SeedMeeting) -> dict[str, Any]:
    return {**scope.columns(row), "meeting_id": row.id, "quorate": row.quorate is not False}


def _member(row: SeedMember) -> dict[str, Any]:
    return {**masked(SeedMemberView, scope.columns(row)), "seed_member_id": row.id}


def get_seed_group(session: Session, *, actor: Actor, seed_group_id: str) -> dict[str, Any]:
    """One group."""
    return render(session, find_group(session, actor, seed_group_id))


def list_seed_group_steps(
    session: Session,
    *,
    actor: Actor,
    seed_group_id: str | None = None,
    organisation_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The steps of groups the actor may see, newest first; also of one that has become an organisation."""
    groups = visible(actor)
    if seed_group_id is not None:
        groups = groups.where(SeedGroup.id == seed_group_id)
    if organisation_id is not None:
        groups = groups.where(SeedGroup.organisation_id == organisation_id)
    statement = select(SeedStep).where(SeedStep.seed_group_id.in_(groups.with_only_columns(SeedGroup.id)))
    return db.page(session, statement, by=SeedStep.id, render=_step, cursor=cursor, limit=limit)


def _step(row: SeedStep) -> dict[str, Any]:
    shown: dict[str, Any] = _STEP.dump({**scope.columns(row), "step_id": row.id})
    return shown


def list_seed_groups(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""

    def line(row: SeedGroup) -> dict[str, Any]:
        shown: dict[str, Any] = _VIEW.dump(_facts(session, row))
        return shown

    statement = visible(actor).filter_by(**equal)
    return db.page(session, statement, by=SeedGroup.id, render=line, cursor=cursor, limit=limit)
