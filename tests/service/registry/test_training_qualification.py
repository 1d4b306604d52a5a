"""What a training qualifies for: staff say so, and once it is over projects hears who came, by ids alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from chassis import clock
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from services.registry.cases.domain import add_months
from services.registry.trainings import qualifying
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry.cast import Cast
from tests.service.registry.test_trainings import events, pass_minutes, session


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def test_who_came_is_told_and_who_stayed_away_or_has_no_account_is_not(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(qualifying, "AT_ONCE", 2)
    hub = cast.hub()
    ours = cast.organisation(hub_id=cast.made["hub"]["organisation_id"])
    theirs = cast.organisation("别家（演示）")
    came, late, absent = cast.cso(ours), Caller(cast.host, actor("talent", streets=[ZHUHAI])), cast.cso(theirs)
    made = session(cast, hub, capacity=9)
    path = {"training_id": made["training_id"]}
    asked = {"months": 12, "service_kinds": ["elder_care", "elder_care"]}
    with pytest.raises(ForbiddenError):  # a hub holds sessions, staff say which of them count
        hub("registry.qualify_training", **path, **asked)
    with pytest.raises(NotFoundError):
        Caller(cast.host, actor("street_staff", streets=[CHANGJIANG]))("registry.qualify_training", **path, **asked)
    shown = cast.street("registry.qualify_training", **path, **asked)
    assert (shown["qualifies_months"], shown["qualifies_kinds"]) == (12, ["elder_care"])
    for one in (came, late, absent):
        one("registry.enrol_in_training", **path)
    hub("registry.enrol_in_training", **path, name="赵六", organisation_id=ours["organisation_id"])
    for one in (came, late):
        one("registry.check_in_to_training", **path, code=hub("registry.get_training_code", **path)["code"])
    pass_minutes(cast, 45)
    hub("registry.close_training", **path)
    told = events(cast, "training_qualified")
    assert [len(one["account_ids"]) + len(one["organisation_ids"]) for one in told] == [2, 1], "in parts"
    accounts = sorted(who.who.account_id for who in (came, late))  # type: ignore[union-attr,type-var]
    assert [one for part in told for one in part["account_ids"]] == accounts
    assert [one for part in told for one in part["organisation_ids"]] == [ours["organisation_id"]]
    began = clock.day_of(clock.system_now() + timedelta(minutes=30))
    first = told[0]
    assert (first["topic"], first["service_kinds"], first["street_codes"]) == (made["topic"], ["elder_care"], [ZHUHAI])
    assert date.fromisoformat(first["valid_until"]) == add_months(began, 12)
    assert "赵六" not in str(told)
    with pytest.raises(ConflictError, match="training_state_conflict"):
        cast.street("registry.qualify_training", **path, **asked)


def test_a_session_that_qualifies_for_nothing_any_more_tells_nothing(cast: Cast) -> None:
    hub, organisation = cast.hub(), cast.organisation()
    made = session(cast, hub)
    path = {"training_id": made["training_id"]}
    cast.bureau("registry.qualify_training", **path, months=6)
    taken = cast.bureau("registry.qualify_training", **path, months=None)
    assert (taken["qualifies_months"], taken["qualifies_kinds"]) == (None, None)
    someone = cast.cso(organisation)
    someone("registry.enrol_in_training", **path)
    someone("registry.check_in_to_training", **path, code=hub("registry.get_training_code", **path)["code"])
    pass_minutes(cast, 45)
    hub("registry.close_training", **path)
    assert events(cast, "training_qualified") == []
    assert [one["months"] for one in events(cast, "training_recognised")] == [6, None]
