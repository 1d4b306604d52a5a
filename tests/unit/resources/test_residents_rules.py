"""Residents' needs: who may do what, and that a handler is a beneficiary only where it says so."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts import roles
from services.resources.known.domain import is_interested
from services.resources.needs import domain
from services.resources.needs import domain_residents as residents

ACCOUNTS, ORGANISATIONS = ("acc_a", "acc_b", "acc_c"), ("org_a", "org_b", "org_c")
ACTORS = st.builds(
    Actor,
    account_id=st.sampled_from((None, *ACCOUNTS)),
    role=st.sampled_from(roles.EVERY_ROLE),
    district_code=st.just("370211"),
    organisation_id=st.sampled_from((None, *ORGANISATIONS)),
)
HANDLERS = st.sampled_from((None, *ORGANISATIONS))
STANDINGS = st.builds(
    residents.Standing,
    accounts=st.frozensets(st.sampled_from(ACCOUNTS), max_size=2),
    handler_id=HANDLERS,
    taken_on=st.just(True),
)
DECLARED = st.frozensets(st.tuples(st.sampled_from(ORGANISATIONS), st.sampled_from(ORGANISATIONS)))


@given(actor=ACTORS, standing=STANDINGS)
def test_only_the_person_staff_and_the_handling_hub_have_a_part(actor: Actor, standing: residents.Standing) -> None:
    part = residents.part_of(actor, standing)
    own = actor.account_id in standing.accounts
    handles = actor.role == roles.HUB and actor.organisation_id is not None
    handles = handles and actor.organisation_id == standing.handler_id
    assert (part is not None) == (own or actor.role in roles.STAFF or handles)
    for action, who in residents.MAY.items():
        if part in who:
            residents.check_may(actor, standing, action)
        else:
            with pytest.raises(ForbiddenError):
                residents.check_may(actor, standing, action)


@given(donor=st.sampled_from(ORGANISATIONS), handler=HANDLERS, declared=DECLARED)
def test_a_handler_is_excluded_exactly_where_it_benefits(
    donor: str, handler: str | None, declared: frozenset[tuple[str, str]]
) -> None:
    idle = residents.beneficiary(organisation_id=None, handler_id=handler, benefits=False)
    assert idle is None, "nobody's party: the resident alone benefits"
    paid = residents.beneficiary(organisation_id=None, handler_id=handler, benefits=True)
    assert paid == handler
    for benefits in (False, True):
        asked = residents.beneficiary(organisation_id="org_a", handler_id=handler, benefits=benefits)
        assert asked == "org_a", "an organisation's own need is its own"
    if paid is not None:
        barred = donor == paid or (donor, paid) in declared or (paid, donor) in declared
        assert is_interested(donor, paid, declared) == barred


@given(actor=ACTORS, standing=STANDINGS, gives=st.booleans(), reason=st.sampled_from((None, "老人不会操作")))
def test_nobody_acknowledges_what_they_give_and_a_proxy_says_why(
    actor: Actor, standing: residents.Standing, gives: bool, reason: str | None
) -> None:
    try:
        by = residents.received_by(actor, standing, gives=gives, proxy_reason=reason)
    except (ForbiddenError, InvalidError):
        part = residents.part_of(actor, standing)
        assert part != residents.RESIDENT
        assert part is None or gives or reason is None
    else:
        own = actor.account_id in standing.accounts
        assert by == (residents.RESIDENT if own else residents.PROXY)
        assert own or (reason is not None and not gives)


@given(actor=ACTORS, status=st.sampled_from(domain.STATUSES), reason=st.sampled_from(("", " ", "人手不足")))
def test_taking_on_names_one_handler_and_never_takes_from_a_hub_in_silence(
    actor: Actor, status: str, reason: str
) -> None:
    for taken_on, handler in ((False, None), (True, None), (True, "org_c")):
        standing = residents.Standing(accounts=frozenset(), handler_id=handler, taken_on=taken_on)
        try:
            found = residents.check_take_on(actor, standing, status=status, reason=reason)
        except (ConflictError, ForbiddenError):
            continue
        assert status in residents.LIVE
        assert found is None if actor.role in roles.STAFF else found == actor.organisation_id is not None
        assert not taken_on or (actor.role in roles.STAFF and handler is not None and reason.strip())


@pytest.mark.parametrize(("status", "taken_on"), [*product(domain.STATUSES, (False, True))])
def test_only_a_draft_that_somebody_answers_for_is_shaped(status: str, taken_on: bool) -> None:
    standing = replace(residents.Standing(accounts=frozenset()), taken_on=taken_on)
    if status == domain.DRAFT and taken_on:
        residents.check_shape(status, standing)
    else:
        with pytest.raises(ConflictError):
            residents.check_shape(status, standing)


@given(actor=ACTORS, account=st.sampled_from((None, *ACCOUNTS)), by_phone=st.booleans(), consent=st.booleans())
def test_a_request_is_for_exactly_one_person(actor: Actor, account: str | None, by_phone: bool, consent: bool) -> None:
    try:
        residents.check_asked_for(actor, account_id=account, by_phone=by_phone, consent=consent)
    except (ForbiddenError, InvalidError):
        return
    if actor.role == roles.RESIDENT:
        assert not by_phone
        assert account in (None, actor.account_id)
    else:
        assert by_phone != (account is not None)
        assert consent or not by_phone
