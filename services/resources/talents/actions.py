"""Writing the talent grid: by staff, or by the person about themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts import roles
from contracts.resources import events_talents as events
from contracts.resources.codes_talents import TalentCode
from services.resources.grid import domain as grid
from services.resources.one_list.actions import log_reading
from services.resources.talents import domain, queries
from services.resources.talents.listing import keep_listed
from services.resources.talents.models import Credential, Skill, Talent

EMPTY: dict[str, Any] = {
    "phone": None,
    "community_code": None,
    "cell_code": None,
    "skills": [],
    "languages": [],
    "availability": [],
}


def register_talent(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    publish: bool,
    dispatch: bool,
    account_id: str | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """Somebody with the role registers themselves and nobody else."""
    db.check_street(actor, street_code)
    if actor.role == roles.TALENT and account_id != actor.account_id:
        raise ForbiddenError(TalentCode.NOT_YOURS)
    made = EMPTY | facts
    _check(session, actor.district_code, street_code, made)
    if account_id is not None:
        _check_single(session, actor.district_code, account_id)
    row = Talent(
        district_code=actor.district_code,
        street_code=street_code,
        status=domain.ACTIVE,
        account_id=account_id,
        publish_consented_at=now if publish else None,
        dispatch_consented_at=now if dispatch else None,
        reason="",
        created_at=now,
        **made,
    )
    session.add(row)
    tell(session, row, events.TalentRegistered)
    keep_listed(session, row)
    return queries.render(row, actor)


def _check_single(session: Session, district_code: str, account_id: str) -> None:
    """Two who register one account at once: the second waits, and is refused."""
    key = f"talent:{district_code}:{account_id}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    mine = select(Talent.id).where(Talent.district_code == district_code, Talent.account_id == account_id)
    if session.scalar(mine) is not None:
        raise ConflictError(TalentCode.EXISTS)


def _check(session: Session, district_code: str, street_code: str | None, facts: dict[str, Any]) -> None:
    domain.check_facts(facts["skills"], facts["availability"])
    grid.check_place(street_code, facts["community_code"], facts["cell_code"])
    check_skills(session, district_code, (one["skill"] for one in facts["skills"]))


def check_skills(session: Session, district_code: str, wanted: Iterable[str]) -> None:
    """Words of the taxonomy that are in use."""
    known = {skill for skill, one in queries.skills_of(session, district_code).items() if one["is_active"]}
    unknown = sorted(set(wanted) - known)
    if unknown:
        raise InvalidError(TalentCode.SKILL_UNKNOWN, skills=unknown)


def change_talent(
    session: Session, *, actor: Actor, talent_id: str, expected_version: int | None = None, **given: Any
) -> dict[str, Any]:
    """Only what is sent."""
    row = take(session, actor, talent_id, expected_version, "change")
    after = {name: getattr(row, name) for name in EMPTY} | given
    _check(session, row.district_code, row.street_code, after)
    changed = sorted(name for name, value in given.items() if getattr(row, name) != value)
    for name, value in given.items():
        setattr(row, name, value)
    if changed:
        tell(session, row, events.TalentChanged, fields=changed)
        keep_listed(session, row)
    return queries.render(row, actor)


def set_talent_consent(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    talent_id: str,
    publish: bool,
    dispatch: bool,
    how: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Each on its own; one that holds keeps its day."""
    row = take(session, actor, talent_id, expected_version, "change")
    row.publish_consented_at = (row.publish_consented_at or now) if publish else None
    row.dispatch_consented_at = (row.dispatch_consented_at or now) if dispatch else None
    row.consent_how = how
    tell(session, row, events.TalentConsentSet, publish=publish, dispatch=dispatch)
    keep_listed(session, row)
    return queries.render(row, actor)


def step_talent(
    session: Session,
    *,
    actor: Actor,
    action: str,
    talent_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Pause, resume, leave."""
    row = take(session, actor, talent_id, expected_version, action)
    row.reason = reason
    if row.status == domain.LEFT:
        row.publish_consented_at = row.dispatch_consented_at = None
    tell(session, row, events.TalentStepped, action=action)
    keep_listed(session, row)
    return queries.render(row, actor)


def erase_talent(
    session: Session, *, actor: Actor, talent_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Somebody without an account asked for it (PIPL art. 47); hours stay, of nobody."""
    row = queries.find_talent(session, talent_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    forget(session, row)
    return queries.render(row, actor)


def forget(session: Session, row: Talent) -> None:
    """Off the grid, without name, phone, place, account or consent."""
    row.status = domain.LEFT
    row.name = row.phone = row.account_id = row.cell_code = row.community_code = None
    row.publish_consented_at = row.dispatch_consented_at = None
    row.skills, row.languages, row.availability, row.reason = [], [], [], ""
    tell(session, row, events.TalentErased)
    keep_listed(session, row)


def erase_person(session: Session, account_id: str) -> None:
    """The account is gone. May run twice: the second time there is no such row."""
    for row in session.scalars(select(Talent).where(Talent.account_id == account_id).with_for_update()).all():
        forget(session, row)


def disclose_talent(
    session: Session, *, actor: Actor, now: datetime, talent_id: str, wanted: list[str], reason: str
) -> dict[str, Any]:
    """Unmasked, and logged in the same transaction."""
    row = queries.find_talent(session, talent_id, actor)
    db.check_street(actor, row.street_code)
    wanted = list(dict.fromkeys(wanted))
    log_id = log_reading(session, actor=actor, now=now, subject=row, wanted=wanted, reason=reason)
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, events.TalentDisclosed(talent_id=row.id, fields=wanted, street_codes=streets))
    items = [{"field": name, "value": getattr(row, name)} for name in wanted]
    return {"disclosure_id": log_id, "talent_id": row.id, "items": items}


def add_credential(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    talent_id: str,
    kind: str,
    issuer: str,
    valid_from: date,
    valid_until: date | None,
) -> dict[str, Any]:
    """Claimed until staff saw it."""
    talent = take(session, actor, talent_id, None, "change")
    if valid_until is not None and valid_until < valid_from:
        raise InvalidError(TalentCode.INVALID, problems=["valid_until: before it begins"])
    row = Credential(
        district_code=talent.district_code,
        street_code=talent.street_code,
        talent_id=talent.id,
        kind=kind,
        issuer=issuer,
        valid_from=valid_from,
        valid_until=valid_until,
        status="claimed",
        created_at=now,
    )
    session.add(row)
    _tell_credential(session, row)
    return queries.render_credential(row)


def step_credential(
    session: Session, *, actor: Actor, action: str, credential_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Checked by staff, or taken away."""
    row = queries.find_credential(session, credential_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    row.status = domain.next_credential_status(row.status, action)
    row.verified_by = actor.account_id if action == "verify" else row.verified_by
    _tell_credential(session, row)
    return queries.render_credential(row)


def _tell_credential(session: Session, row: Credential) -> None:
    session.flush()
    streets = [row.street_code] if row.street_code else []
    about = {"talent_id": row.talent_id, "kind": row.kind, "status": row.status}
    outbox.record(session, events.CredentialStepped(credential_id=row.id, street_codes=streets, **about))


def set_skill(
    session: Session, *, actor: Actor, now: datetime, skill: str, name_zh: str, name_en: str, is_active: bool
) -> dict[str, Any]:
    """A closed skill stays with whoever has it, and is given to nobody any more."""
    db.check_street(actor, None)
    key = f"talent_skill:{actor.district_code}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    held = select(Skill).where(Skill.district_code == actor.district_code, Skill.skill == skill)
    row = session.scalars(held).one_or_none()
    facts: dict[str, Any] = {"name_zh": name_zh, "name_en": name_en, "is_active": is_active}
    if row is None:
        row = Skill(district_code=actor.district_code, skill=skill, created_at=now, **facts)
        session.add(row)
    for name, value in facts.items():
        setattr(row, name, value)
    session.flush()
    outbox.record(session, events.SkillSet(skill_id=row.id, skill=skill, is_active=is_active))
    return {"skill": skill, **facts}


def take(session: Session, actor: Actor, talent_id: str, expected_version: int | None, action: str) -> Talent:
    """The person, held, in the state that the action leads to; a talent takes only themselves."""
    row = queries.find_talent(session, talent_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, action)
    return row


def tell(session: Session, row: Talent, kind: type[events.TalentFact], **extra: Any) -> None:
    """Record an event of the person."""
    session.flush()
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, kind(street_codes=streets, talent_id=row.id, status=row.status, **extra))
