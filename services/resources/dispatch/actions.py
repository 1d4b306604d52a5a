"""Writing dispatches: opened, offered to one after the other, answered, done."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.resources import events_talents as events
from contracts.resources.codes_talents import TalentCode
from services.resources.dispatch import domain, hours, queries
from services.resources.dispatch.models import Dispatch, DispatchOffer
from services.resources.grid import domain as grid
from services.resources.needs import queries as needs
from services.resources.talents.actions import check_skills
from services.resources.talents.models import Talent


def open_dispatch(
    session: Session, *, actor: Actor, now: datetime, street_code: str, skills: list[str], **facts: Any
) -> dict[str, Any]:
    """Of the own street. The order is projects'; only its id is kept."""
    db.check_street(actor, street_code)
    grid.check_place(street_code, facts["community_code"], facts["cell_code"])
    check_skills(session, actor.district_code, skills)
    if not now < facts["starts_at"] < facts["ends_at"]:
        raise InvalidError(TalentCode.DISPATCH_INVALID, problems=["starts_at: ahead, and before ends_at"])
    if len(set(skills)) != len(skills):
        raise InvalidError(TalentCode.DISPATCH_INVALID, problems=["skills: one twice"])
    if facts["need_id"] is not None:
        needs.find_need(session, facts["need_id"], actor)
    row = Dispatch(
        district_code=actor.district_code,
        street_code=street_code,
        status=domain.OPEN,
        skills=skills,
        reason="",
        created_at=now,
        **facts,
    )
    session.add(row)
    session.flush()
    people, wanted, rules = queries.read(session, row)
    _tell(session, row, events.DispatchOpened, candidates=len(domain.rank(people, wanted, rules)))
    return queries.render(row)


def offer_dispatch(
    session: Session, *, actor: Actor, now: datetime, dispatch_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """The next on the ranking as it is now. Nobody fit is a conflict that says so."""
    row = _take(session, actor, dispatch_id, expected_version, "offer")
    if not _ask_next(session, row, now):
        raise ConflictError(TalentCode.NOBODY_FIT)
    return queries.render(row)


def _ask_next(session: Session, row: Dispatch, now: datetime) -> bool:
    """Whether somebody was left to ask, in time; the status is set by the caller."""
    if now >= row.starts_at:
        return False
    people, wanted, rules = queries.read(session, row)
    ranked = domain.rank(people, wanted, rules)
    if not ranked:
        return False
    best = ranked[0]
    expires = min(now + timedelta(minutes=rules["dispatch_offer_minutes"]), row.starts_at)
    offer = DispatchOffer(
        district_code=row.district_code,
        street_code=row.street_code,
        dispatch_id=row.id,
        talent_id=best.talent_id,
        status=domain.OFFERED,
        rank=sum(one.asked for one in people) + 1,
        score=best.score,
        terms=domain.explained(best.terms),
        offered_at=now,
        expires_at=expires,
        note="",
        created_at=now,
    )
    session.add(offer)
    session.flush()
    timers.schedule(
        session, "dispatch_offer_lapses", due_at=expires, district_code=row.district_code, dispatch_offer_id=offer.id
    )
    account = session.scalar(select(Talent.account_id).where(Talent.id == best.talent_id))
    told = {"dispatch_offer_id": offer.id, "talent_id": best.talent_id, "expires_at": expires.isoformat()}
    _tell(session, row, events.DispatchOffered, account_id=account, **told)
    return True


def answer_offer(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    dispatch_offer_id: str,
    note: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Yes, no, or not after all. A no goes to the next on the ranking and leaves no mark on the person."""
    seen = queries.find_offer(session, dispatch_offer_id, actor)
    row = session.get_one(Dispatch, seen.dispatch_id, with_for_update=True, populate_existing=True)
    offer = queries.find_offer(session, dispatch_offer_id, actor, lock=True)
    db.check_street(actor, offer.street_code)
    db.check_version(offer, expected_version)
    before, offer.status = offer.status, domain.next_offer_status(offer.status, action)
    if action == "accept":
        _check_yes(session, offer, now)
    offer.answered_at, offer.answered_by, offer.note = now, actor.account_id, note
    _follow(session, row, offer, before, now)
    return queries.render_offer(offer, row)


def _check_yes(session: Session, offer: DispatchOffer, now: datetime) -> None:
    """In time, and still agreed to."""
    if now >= offer.expires_at:
        raise ConflictError(TalentCode.OFFER_EXPIRED)
    agreed = session.scalar(select(Talent.dispatch_consented_at).where(Talent.id == offer.talent_id))
    if agreed is None:
        raise ConflictError(TalentCode.NO_CONSENT)


def _follow(session: Session, row: Dispatch, offer: DispatchOffer, before: str, now: datetime) -> None:
    """What the answer means for the dispatch."""
    session.flush()
    if offer.status == domain.ACCEPTED:
        row.status, row.talent_id = domain.next_status(row.status, "accept"), offer.talent_id
        _tell_answer(session, row, offer)
        return
    row.status = domain.next_status(row.status, "withdraw" if before == domain.ACCEPTED else "lapse")
    row.talent_id = None
    _tell_answer(session, row, offer)
    if _ask_next(session, row, now):
        row.status = domain.next_status(row.status, "offer")
        session.flush()
        return
    row.status = domain.next_status(row.status, "exhaust")
    _tell(session, row, events.DispatchUnfilled)


def _tell_answer(session: Session, row: Dispatch, offer: DispatchOffer) -> None:
    told = {"dispatch_offer_id": offer.id, "talent_id": offer.talent_id, "answer": offer.status}
    _tell(session, row, events.DispatchAnswered, **told)


def lapse_offer(session: Session, *, now: datetime, dispatch_offer_id: str) -> None:
    """The offer's clock; the person may have been first."""
    offer = session.get(DispatchOffer, dispatch_offer_id)
    if offer is None:
        return
    row = session.get_one(Dispatch, offer.dispatch_id, with_for_update=True, populate_existing=True)
    offer = session.get_one(DispatchOffer, dispatch_offer_id, with_for_update=True, populate_existing=True)
    if offer.status != domain.OFFERED or now < offer.expires_at:
        return
    before, offer.status = offer.status, domain.next_offer_status(offer.status, "expire")
    offer.answered_at = now
    _follow(session, row, offer, before, now)


def cancel_dispatch(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    dispatch_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Whoever was asked or said yes is free again."""
    row = _take(session, actor, dispatch_id, expected_version, "cancel")
    for offer in _waiting(session, row):
        offer.status, offer.answered_at = domain.next_offer_status(offer.status, "withdraw"), now
    row.reason, row.talent_id = reason, None
    _tell(session, row, events.DispatchCancelled)
    return queries.render(row)


def _waiting(session: Session, row: Dispatch) -> list[DispatchOffer]:
    mine = select(DispatchOffer).where(
        DispatchOffer.dispatch_id == row.id, DispatchOffer.status.in_((domain.OFFERED, domain.ACCEPTED))
    )
    return list(session.scalars(mine.with_for_update()))


def finish_dispatch(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    dispatch_id: str,
    minutes: int,
    served_on: date,
    note: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Done: the hours go into the record with it, once."""
    row = _take(session, actor, dispatch_id, expected_version, "finish")
    if served_on > clock.day_of(now):
        raise InvalidError(TalentCode.DISPATCH_INVALID, problems=["served_on: not over yet"])
    for offer in _waiting(session, row):
        offer.status = domain.next_offer_status(offer.status, "finish")
    row.reason = note
    about: dict[str, Any] = {"minutes": minutes, "served_on": served_on, "what": row.title, "dispatch_id": row.id}
    hours.record(session, actor=actor, now=now, talent=session.get_one(Talent, row.talent_id), **about)
    _tell(session, row, events.DispatchDone, talent_id=str(row.talent_id))
    return queries.render(row)


def _take(session: Session, actor: Actor, dispatch_id: str, expected_version: int | None, action: str) -> Dispatch:
    row = queries.find_dispatch(session, dispatch_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, action)
    return row


def _tell(session: Session, row: Dispatch, kind: type[events.DispatchFact], **extra: Any) -> None:
    session.flush()
    about: dict[str, Any] = {
        "dispatch_id": row.id,
        "status": row.status,
        "order_id": row.order_id,
        "need_id": row.need_id,
    }
    outbox.record(session, kind(street_codes=[str(row.street_code)], **about, **extra))
