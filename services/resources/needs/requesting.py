"""Residents' needs on their way in: asked for, taken on, shaped, linked, disclosed, dropped."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from chassis import db, ids
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts import roles
from contracts.resources import events_need_requests as events
from contracts.resources.codes_needs import NeedCode
from contracts.resources.events import NeedCancelled
from contracts.resources.needs import NO_GATES
from services.resources import personal
from services.resources.allocations.models import Allocation
from services.resources.known import domain as parties
from services.resources.known.models import KnownAccount
from services.resources.needs import counting, domain, queries
from services.resources.needs import domain_residents as residents
from services.resources.needs.models import Need, NeedCaller
from services.resources.needs.rendering import render, standing_of
from services.resources.needs.telling import tell
from services.resources.units import queries as units
from services.resources.vocabulary import queries as vocabulary
from services.resources.vocabulary import topics

_WORDS = ("skills", "tags", "fields_of_work", "substitutes", "languages", "times", "beneficiary_groups")
_PHONE = "need_caller.phone"
ERASED = "person_erased"


def request_need(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    requester_account_id: str | None,
    caller: dict[str, Any] | None,
    street_code: str | None,
    **asked: Any,
) -> dict[str, Any]:
    """A resident, or whoever takes it down for one, asks; it is a draft until a handler shapes it."""
    consent = caller is not None and bool(caller["consent"])
    by_phone = caller is not None
    residents.check_asked_for(actor, account_id=requester_account_id, by_phone=by_phone, consent=consent)
    account_id = actor.account_id if actor.role == roles.RESIDENT else requester_account_id
    account = _resident(session, actor, account_id) if account_id else None
    community = asked["community_code"]
    home = (street_code, community[:9] if community else None, account.street_code if account else None)
    street = parties.home_street(actor, *home)
    residents.check_place(street, community)
    db.check_street(actor, street)
    counting.check_due(asked["due_on"], now)
    who = _take_down(session, actor, now, str(street), caller) if caller is not None else None
    need = Need(
        id=ids.new_id("ned"),
        district_code=actor.district_code,
        street_code=street,
        organisation_id=None,
        requester_account_id=account_id,
        requested_by_account_id=actor.account_id,
        caller_id=who.id if who else None,
        linked_account_id=who.account_id if who else None,
        created_at=now,
        **_blank(session, actor.district_code, asked),
    )
    session.add(need)
    tell(session, need, events.NeedRequested, on_behalf=actor.role != roles.RESIDENT)
    return render(session, need, actor)


def _resident(session: Session, actor: Actor, account_id: str) -> KnownAccount | None:
    """The account that is asked for. A resident's own is good before its news has arrived."""
    account = session.get(KnownAccount, account_id)
    if actor.role == roles.RESIDENT:
        return account
    if account is None or account.district_code != actor.district_code or account.role != roles.RESIDENT:
        raise InvalidError(NeedCode.REQUESTER_UNKNOWN)
    return account


def _blank(session: Session, district_code: str, asked: dict[str, Any]) -> dict[str, Any]:
    """What a resident's need begins with: their words sealed, topics of the title, nothing that only a handler says."""
    counted = counting.counted(units.get_table(session, district_code), asked)
    plain: dict[str, Any] = {name: [] for name in _WORDS}
    plain |= {name: asked[name] for name in ("kind", "title", "urgency", "due_on", "community_code")}
    plain |= {"summary": "", "place": "", "persons": asked.get("persons"), "hours_per_week": None, "mode": "either"}
    plain |= {"all_or_nothing": False, "splittable": True, "gates": dict(NO_GATES)}
    using = vocabulary.current(session, district_code)
    read = topics.of_need(using, plain)
    plain["fields_of_work"] = using.fields(read["topics"])
    return {
        **plain,
        **read,
        **counted,
        "status": domain.DRAFT,
        "allotted": 0,
        "received": 0,
        "title_key": domain.title_key(asked["title"]),
        "resident_text": asked["text"] or None,
        "resident_place": asked["place"] or None,
    }


def _take_down(session: Session, actor: Actor, now: datetime, street_code: str, said: dict[str, Any]) -> NeedCaller:
    """The caller of this phone in this street, or a new one; who called first keeps the name they gave."""
    index = personal.phone_index(said["phone"], _PHONE)
    lock = func.hashtextextended(f"need-caller/{actor.district_code}/{street_code}/{index}", 0)
    session.execute(select(func.pg_advisory_xact_lock(lock)))
    where = {"district_code": actor.district_code, "street_code": street_code, "phone_index": index}
    found = session.scalars(select(NeedCaller).filter_by(**where)).one_or_none()
    if found is not None:
        return found
    facts = {"name": said["name"], "phone": said["phone"], "consented_at": now, "created_at": now}
    row = NeedCaller(id=ids.new_id("ncl"), taken_by=actor.account_id, **where, **facts)
    session.add(row)
    session.flush()
    return row


def take_on_need(
    session: Session, *, actor: Actor, now: datetime, need_id: str, expected_version: int | None, reason: str
) -> dict[str, Any]:
    """承接: a hub for itself, staff for the street centre. Whether a new handler benefits, it has to say itself."""
    need = _hold(session, actor, need_id, expected_version)
    handler = residents.check_take_on(actor, standing_of(need), status=need.status, reason=reason)
    need.handler_organisation_id, need.handler_benefits, need.taken_on_at = handler, False, now
    tell(session, need, events.NeedTakenOn, reason=reason)
    return render(session, need, actor)


def _hold(session: Session, actor: Actor, need_id: str, expected_version: int | None) -> Need:
    need = queries.find_need(session, need_id, actor, lock=True)
    db.check_street(actor, need.street_code)
    if need.organisation_id is not None:
        raise ConflictError(NeedCode.NOT_OF_A_RESIDENT)
    db.check_version(need, expected_version)
    return need


def shape_need(
    session: Session, *, actor: Actor, now: datetime, need_id: str, expected_version: int | None, **shape: Any
) -> dict[str, Any]:
    """制单: what is left out stays; topics are read anew."""
    need = _hold(session, actor, need_id, expected_version)
    residents.check_may(actor, standing_of(need), "shape")
    residents.check_shape(need.status, standing_of(need))
    residents.check_place(need.street_code, shape.get("community_code"))
    counting.check_due(shape.get("due_on", need.due_on), now)
    measured = {name: shape.pop(name) for name in counting.MEASURES if name in shape}
    if measured:
        table = units.get_table(session, need.district_code)
        shape |= counting.counted(table, {"kind": need.kind, **measured})
    for name, value in shape.items():
        setattr(need, name, value)
    need.handler_benefits = need.handler_benefits and need.handler_organisation_id is not None
    need.shaped_at, need.title_key = now, domain.title_key(need.title)
    using = vocabulary.current(session, need.district_code)
    texts = ("title", "summary", "tags", "skills", "substitutes")
    read = topics.of_need(using, {name: getattr(need, name) for name in texts})
    for name, value in read.items():
        setattr(need, name, value)
    need.fields_of_work = need.fields_of_work or using.fields(need.topics)
    tell(session, need, events.NeedShaped, handler_benefits=need.handler_benefits)
    return render(session, need, actor)


def link_need_requester(
    session: Session, *, actor: Actor, now: datetime, need_id: str, expected_version: int | None, account_id: str
) -> dict[str, Any]:
    """Staff have seen that they are the same person: all that the caller asked for is theirs to see and to confirm."""
    need = queries.find_need(session, need_id, actor)
    db.check_street(actor, need.street_code)
    db.check_version(need, expected_version)
    if need.caller_id is None:
        raise ConflictError(NeedCode.NOT_OF_A_RESIDENT)
    caller = session.get_one(NeedCaller, need.caller_id, with_for_update=True)
    if caller.account_id is not None:
        raise ConflictError(NeedCode.REQUESTER_LINKED)
    _resident(session, actor, account_id)
    caller.account_id, caller.linked_by, caller.linked_at = account_id, actor.account_id, now
    _hand_to(session, caller, account_id)
    tell(session, need, events.NeedRequesterLinked, account_id=account_id)
    return render(session, need, actor)


def _hand_to(session: Session, caller: NeedCaller, account_id: str) -> None:
    """Allocations before needs: every step of an allocation locks them in this order."""
    of_caller = select(Need.id).where(Need.caller_id == caller.id)
    gifts = select(Allocation).where(Allocation.need_id.in_(of_caller)).order_by(Allocation.id)
    for gift in session.scalars(gifts.with_for_update().execution_options(populate_existing=True)):
        gift.recipient_account_id = account_id
    theirs = select(Need).where(Need.caller_id == caller.id).order_by(Need.id)
    for row in session.scalars(theirs.with_for_update().execution_options(populate_existing=True)):
        row.linked_account_id = account_id


def drop_needs(session: Session, account_id: str) -> None:
    """The person's account was erased: what nobody has promised anything for is lacked no more."""
    theirs = or_(Need.requester_account_id == account_id, Need.linked_account_id == account_id)
    live = select(Need).where(theirs, Need.status.in_(residents.LIVE), Need.allotted == 0)
    for need in session.scalars(live.order_by(Need.id).with_for_update()):
        need.status = domain.next_status(need.status, "cancel")
        tell(session, need, NeedCancelled, reason=ERASED)
