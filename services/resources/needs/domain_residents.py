"""Residents' needs: who stands where, what each may do, and who benefits. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts import roles
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_needs import NeedCode
from services.resources.needs import domain

RESIDENT, STAFF, HANDLER, PROXY = "resident", "staff", "handler", "proxy"
LIVE = (domain.DRAFT, domain.VERIFIED, *domain.MATCHABLE)
MAY: dict[str, tuple[str, ...]] = {
    "shape": (STAFF, HANDLER),
    "verify": (STAFF,),
    "open": (STAFF, HANDLER),
    "close": (STAFF,),
    "cancel": (RESIDENT, STAFF, HANDLER),
    "confirm": (RESIDENT, STAFF, HANDLER),
    "link": (STAFF,),
    "give": (RESIDENT, STAFF, HANDLER),  # a step of an allocation, as the side that gets
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Who is who in a resident's need; ``accounts``: of the person, asked with or opened since."""

    accounts: frozenset[str]
    handler_id: str | None = None
    taken_on: bool = False


def part_of(actor: Actor, standing: Standing) -> str | None:
    """What the actor is to the need, whose street the caller has seen to."""
    if actor.account_id is not None and actor.account_id in standing.accounts:
        return RESIDENT
    if actor.role in roles.STAFF:
        return STAFF
    own = actor.organisation_id is not None and actor.organisation_id == standing.handler_id
    return HANDLER if actor.role == roles.HUB and own else None


def check_may(actor: Actor, standing: Standing, action: str) -> None:
    """Whether this is theirs to do."""
    if part_of(actor, standing) not in MAY[action]:
        raise ForbiddenError(NeedCode.NOT_YOURS, action=action)


def check_take_on(actor: Actor, standing: Standing, *, status: str, reason: str) -> str | None:
    """Who handles it afterwards: the hub, or (``None``) the street centre, which takes over from a hub with a reason.

    A hub takes on what nobody has.
    """
    if status not in LIVE:
        raise ConflictError(ResourcesCode.NEED_WRONG_STATUS, status=status, action="take_on")
    by_staff = actor.role in roles.STAFF
    if not by_staff and actor.organisation_id is None:
        raise ForbiddenError(NeedCode.NOT_YOURS, action="take_on")
    takes_over = by_staff and standing.handler_id is not None and bool(reason.strip())
    if standing.taken_on and not takes_over:
        raise ConflictError(NeedCode.TAKEN_ON, handler_organisation_id=standing.handler_id)
    return None if by_staff else actor.organisation_id


def check_shape(status: str, standing: Standing) -> None:
    """Until it is verified, by whoever took it on."""
    if status != domain.DRAFT:
        raise ConflictError(ResourcesCode.NEED_WRONG_STATUS, status=status, action="shape")
    if not standing.taken_on:
        raise ConflictError(NeedCode.NOT_TAKEN_ON)


def check_shaped(*, taken_on: bool, shaped: bool) -> None:
    """Only what somebody answers for, in words that name nobody, is verified."""
    if not taken_on:
        raise ConflictError(NeedCode.NOT_TAKEN_ON)
    if not shaped:
        raise ConflictError(NeedCode.NOT_SHAPED)


def check_asked_for(actor: Actor, *, account_id: str | None, by_phone: bool, consent: bool) -> None:
    """A resident asks for themselves; whoever asks for one says for whom, and has their consent."""
    if actor.role == roles.RESIDENT:
        if by_phone or account_id not in (None, actor.account_id):
            raise ForbiddenError(NeedCode.NOT_YOURS, action="request")
        return
    if by_phone and (account_id is not None or not consent):
        raise InvalidError(NeedCode.CALLER_INVALID)
    if not by_phone and account_id is None:
        raise InvalidError(NeedCode.REQUESTER_MISSING)


def check_place(street_code: str | None, community_code: str | None) -> None:
    """A resident's need is of a street, and its community lies there."""
    if street_code is None:
        raise InvalidError(ResourcesCode.NEED_INCOMPLETE, missing="street_code")
    if community_code is not None and not community_code.startswith(street_code):
        raise InvalidError(NeedCode.STREET_DIFFERS, street_code=street_code, community_code=community_code)


def beneficiary(*, organisation_id: str | None, handler_id: str | None, benefits: bool) -> str | None:
    """The organisation that 慈善法 art. 40 is asked about: whose need it is; of a resident's, the handler only where it
    benefits itself."""
    return organisation_id or (handler_id if benefits else None)


def received_by(actor: Actor, standing: Standing, *, gives: bool, proxy_reason: str | None) -> str:
    """``resident`` or ``proxy``: staff or the handler, who say why; never who gives."""
    part = part_of(actor, standing)
    if part is None:
        raise ForbiddenError(ResourcesCode.ALLOCATION_NOT_RECIPIENT)
    if part == RESIDENT:
        return RESIDENT
    if gives:
        raise ForbiddenError(NeedCode.GIVER_RECEIVES)
    if proxy_reason is None:
        raise InvalidError(NeedCode.PROXY_REASON)
    return PROXY
