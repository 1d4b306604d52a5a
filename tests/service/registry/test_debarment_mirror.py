"""Debarments that projects decided put an organisation in breach and out again, in whatever order the news comes."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis import ids
from chassis.events import type_of
from chassis.runtime.inprocess import InProcessHost
from contracts.projects.events_money import DebarmentConfirmed, DebarmentExpired, DebarmentFact, DebarmentLifted
from tests.service.registry.cast import Cast
from tests.service.registry.test_brand_pages import tell
from tests.service.registry.test_growth import soon
from tests.service.registry.test_organisation_credit import fact, in_breach


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def about(organisation_id: str, *, starts: int = 0, **more: Any) -> dict[str, Any]:
    last = (date.fromisoformat(soon(starts)) + timedelta(days=1000)).isoformat()
    return {
        "debarment_id": ids.new_id("dbm"),
        "organisation_id": organisation_id,
        "from_on": soon(starts),
        "until_on": last,
        **more,
    }


def hear(cast: Cast, event: DebarmentFact, version: int = 1) -> None:
    envelope = tell(cast, event, version)
    for _ in range(2):
        cast.host.executors["registry"].handle(envelope, event=type_of(type(event)).name)


@pytest.mark.parametrize("order", list(itertools.permutations((0, 1))))
def test_the_end_holds_whichever_comes_first(cast: Cast, order: tuple[int, ...]) -> None:
    one = cast.organisation()["organisation_id"]
    facts = about(one)
    news = [DebarmentConfirmed(**facts), DebarmentLifted(**facts, reason="已整改（演示）")]
    for index in order:
        hear(cast, news[index], index + 1)
    assert not in_breach(cast, one)


def test_an_organisation_is_in_breach_from_the_first_day_to_the_end_and_its_history_says_why(cast: Cast) -> None:
    one = cast.organisation()["organisation_id"]
    facts = about(one, starts=3)
    hear(cast, DebarmentConfirmed(**facts))
    assert not in_breach(cast, one)
    cast.wait(4)
    assert in_breach(cast, one)
    hear(cast, DebarmentExpired(**facts), 2)
    assert not in_breach(cast, one)
    rows = cast.bureau("registry.list_organisation_changes", organisation_id=one)["items"]
    changes = [row for row in rows if row["field"] == "in_breach"]
    assert [row["became"] for row in changes] == [False, True]
    assert facts["debarment_id"] in changes[0]["reason"]


def test_a_breach_lasts_as_long_as_a_debarment_or_a_listing_says_so(cast: Cast) -> None:
    one = cast.organisation()["organisation_id"]
    facts = about(one)
    hear(cast, DebarmentConfirmed(**facts))
    listed = fact(cast, one)
    assert listed["sets_breach"]
    hear(cast, DebarmentLifted(**facts, reason="已整改（演示）"), 2)
    assert in_breach(cast, one)
    other = about(one)
    hear(cast, DebarmentConfirmed(**other))
    given = {"credit_fact_id": listed["credit_fact_id"], "revoked_on": soon(0), "reason": "已修复"}
    cast.bureau("registry.revoke_credit_fact", **given)
    assert in_breach(cast, one)
    hear(cast, DebarmentExpired(**other), 2)
    assert not in_breach(cast, one)


def test_a_breach_that_others_stated_is_theirs_to_lift(cast: Cast) -> None:
    one = cast.organisation()["organisation_id"]
    with cast.host.executors["registry"].sessions.begin() as session:
        session.execute(text("UPDATE organisation SET in_breach = true"))
    facts = about(one)
    hear(cast, DebarmentConfirmed(**facts))
    hear(cast, DebarmentLifted(**facts, reason="已整改（演示）"), 2)
    assert in_breach(cast, one)


def test_news_of_an_organisation_nobody_knows_is_kept_and_changes_nothing(cast: Cast) -> None:
    facts = about(ids.new_id("org"))
    hear(cast, DebarmentConfirmed(**facts))
    with cast.host.executors["registry"].sessions() as session:
        assert session.execute(text("SELECT status FROM known_debarment")).scalars().all() == ["barring"]
