"""Reading the talent grid: masked but for oneself, each inside the caller's scope."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.resources.codes_talents import TalentCode
from contracts.resources.talents import CredentialView, TalentView
from services.resources import personal
from services.resources.talents import domain
from services.resources.talents.models import Credential, Skill, Talent

_VIEW, _CREDENTIAL = TalentView(), CredentialView()
_COLUMNS = tuple(column.key for column in Talent.__table__.columns)


def render(row: Talent, actor: Actor) -> dict[str, Any]:
    """Whole for oneself, masked for everybody else."""
    mine = row.account_id is not None and row.account_id == actor.account_id
    shown = {name: getattr(row, name) for name in _COLUMNS}
    if not mine:
        shown |= {"name": personal.mask_name(row.name), "phone": personal.mask_phone(row.phone)}
    view: dict[str, Any] = _VIEW.dump(shown)
    return view


def visible(actor: Actor) -> Select[Any]:
    """Staff and grid workers: their streets; a talent: themselves; a hub: those who agreed to be published."""
    statement = db.scoped(select(Talent), Talent, actor)
    if actor.role == roles.TALENT:
        return statement.where(Talent.account_id == actor.account_id)
    if actor.role == roles.HUB:
        return statement.where(Talent.publish_consented_at.is_not(None), Talent.status == domain.ACTIVE)
    return statement


def find_talent(session: Session, talent_id: str, actor: Actor, *, lock: bool = False) -> Talent:
    """One the actor may see; raises NotFoundError."""
    statement = visible(actor).where(Talent.id == talent_id)
    if lock:
        statement = statement.with_for_update(of=Talent).execution_options(populate_existing=True)
    row: Talent | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(TalentCode.NOT_FOUND)
    return row


def get_talent(session: Session, *, actor: Actor, talent_id: str) -> dict[str, Any]:
    return render(find_talent(session, talent_id, actor), actor)


def list_talents(
    session: Session,
    *,
    actor: Actor,
    skill: str | None = None,
    dispatchable: bool | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    statement = visible(actor).filter_by(**filters)
    if skill is not None:
        statement = statement.where(Talent.skills.contains([{"skill": skill}]))
    if dispatchable is not None:
        agreed = Talent.dispatch_consented_at.is_not(None) & (Talent.status == domain.ACTIVE)
        statement = statement.where(agreed if dispatchable else ~agreed)
    by, shown = Talent.id, lambda row: render(row, actor)
    return db.page(session, statement, by=by, render=shown, cursor=cursor, limit=limit)


def find_credential(session: Session, credential_id: str, actor: Actor, *, lock: bool = False) -> Credential:
    """One of a person whom the actor may see; raises NotFoundError."""
    seen = visible(actor).with_only_columns(Talent.id)
    statement = select(Credential).where(Credential.id == credential_id, Credential.talent_id.in_(seen))
    if lock:
        statement = statement.with_for_update(of=Credential).execution_options(populate_existing=True)
    row: Credential | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(TalentCode.CREDENTIAL_NOT_FOUND)
    return row


def render_credential(row: Credential) -> dict[str, Any]:
    view: dict[str, Any] = _CREDENTIAL.dump(row)
    return view


def get_credential(session: Session, *, actor: Actor, credential_id: str) -> dict[str, Any]:
    return render_credential(find_credential(session, credential_id, actor))


def list_credentials(
    session: Session, *, actor: Actor, talent_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    row = find_talent(session, talent_id, actor)
    statement = select(Credential).where(Credential.talent_id == row.id)
    return db.page(session, statement, by=Credential.id, render=render_credential, cursor=cursor, limit=limit)


def skills_of(session: Session, district_code: str) -> dict[str, dict[str, Any]]:
    """The taxonomy: what the product brings, as the district changed it."""
    found = {
        skill: {"skill": skill, "name_zh": zh, "name_en": en, "is_active": True}
        for skill, (zh, en) in domain.DEFAULT_SKILLS.items()
    }
    for row in session.scalars(select(Skill).where(Skill.district_code == district_code)):
        found[row.skill] = {name: getattr(row, name) for name in ("skill", "name_zh", "name_en", "is_active")}
    return found


def list_skills(session: Session, *, actor: Actor) -> dict[str, Any]:
    found = skills_of(session, actor.district_code)
    return {"items": [found[skill] for skill in sorted(found)]}
