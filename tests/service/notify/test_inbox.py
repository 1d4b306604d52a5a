"""The inbox: whom an event reaches, once each, whatever the order; reading and preferences."""

from __future__ import annotations

import pytest

from chassis import ids
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.projects.events_delivery import OrderOffered
from contracts.projects.events_proposals import ProposalReturned
from contracts.projects.events_rounds import RoundPublished
from contracts.registry.events import AccountVerified, OrganisationChanged
from services.notify.known.models import KnownAccount, KnownOrganisation
from tests import kit
from tests.kit import CHANGJIANG, ZHUHAI, Caller
from tests.service.notify.world import Notify


def returned(organisation_id: str, street: str = ZHUHAI) -> ProposalReturned:
    return ProposalReturned(
        proposal_id=ids.new_id("prp"),
        round_id=ids.new_id("rnd"),
        organisation_id=organisation_id,
        title="牵手夕阳（演示）",
        street_codes=[street],
    )


def published(streets: list[str]) -> RoundPublished:
    return RoundPublished(
        round_id=ids.new_id("rnd"),
        name="微创投（演示）",
        scale="micro",
        fields=["elder_care"],
        budget_fen=10_000_000,
        opens_at="2026-12-01T00:00:00+00:00",
        closes_at="2026-12-20T00:00:00+00:00",
        rules_hash="0" * 64,
        street_codes=streets,
    )


def test_an_event_reaches_each_account_of_its_organisation_once(notify: Notify) -> None:
    organisation_id = notify.register()
    people = [notify.open_account("cso", organisation_id=organisation_id, streets=(ZHUHAI,)) for _ in range(2)]
    stranger = notify.open_account("cso", organisation_id=notify.register(), streets=(ZHUHAI,))
    envelope = notify.hear(returned(organisation_id))
    for person in people:
        (message,) = notify.inbox(person)
        assert message["event_id"] == envelope.id
        assert message["trace_id"] == envelope.trace_id
        assert message["title_zh"] == "方案退回修改：牵手夕阳（演示）"
        assert message["title_en"].startswith("Proposal returned")
        assert message["priority"] == "high"
    assert notify.inbox(stranger) == []


def test_an_organisation_without_account_is_told_when_its_first_account_opens(notify: Notify) -> None:
    organisation_id = notify.register()
    notify.hear(returned(organisation_id))
    dashboard = Caller(notify.host, kit.actor("bureau"))("notify.get_notify_dashboard")
    assert dashboard["held"] == 1
    late = notify.open_account("cso", organisation_id=organisation_id, streets=(ZHUHAI,))
    assert [message["event_name"] for message in notify.inbox(late)] == ["proposal_returned"]
    assert Caller(notify.host, kit.actor("bureau"))("notify.get_notify_dashboard")["held"] == 0


def test_a_role_is_told_in_the_streets_of_the_event_only(notify: Notify) -> None:
    here = notify.open_account("cso", streets=(ZHUHAI,))
    there = notify.open_account("cso", streets=(CHANGJIANG,))
    notify.hear(published([ZHUHAI]))
    assert len(notify.inbox(here)) == 1
    assert notify.inbox(there) == []
    notify.hear(published([]))
    assert len(notify.inbox(here)) == 2
    assert len(notify.inbox(there)) == 1


def test_an_order_offered_to_one_talent_reaches_that_talent(notify: Notify) -> None:
    talent = notify.open_account("talent", streets=(ZHUHAI,))
    order = OrderOffered(
        order_id=ids.new_id("ord"),
        rank=1,
        organisation_id=None,
        account_id=talent.account_id,
        expires_at="2026-12-01T00:00:00+00:00",
        street_codes=[ZHUHAI],
    )
    notify.hear(order)
    (message,) = notify.inbox(talent)
    assert "2026-12-01 08:00" in message["body_zh"]


def test_events_out_of_order_end_as_in_order(notify: Notify) -> None:
    organisation_id, account_id = ids.new_id("org"), ids.new_id("acc")
    facts = {
        "organisation_id": organisation_id,
        "kind": "cso",
        "legal_tier": "filed",
        "fields": [],
        "street_code": ZHUHAI,
        "hub_id": None,
        "status": "active",
        "in_breach": False,
    }
    notify.hear(OrganisationChanged(name="新名（演示）", changed=["name"], **facts), version=3)
    notify.hear(OrganisationChanged(name="旧名（演示）", changed=["name"], **facts), version=2)
    notify.hear(AccountVerified(account_id=account_id, community_code="370211009001", street_code=ZHUHAI), version=2)
    notify.versions[account_id] = 0
    who = notify.open_account("cso", organisation_id=organisation_id, streets=(ZHUHAI,))
    with notify.host.executors["notify"].sessions() as session:
        assert session.get_one(KnownOrganisation, organisation_id).name == "新名（演示）"
        assert session.get_one(KnownAccount, account_id).verified
        assert session.get_one(KnownAccount, who.account_id).role == "cso"


def test_reading_and_counting(notify: Notify) -> None:
    who = notify.open_account("cso", organisation_id=notify.register(), streets=(ZHUHAI,))
    other = notify.open_account("cso", streets=(ZHUHAI,))
    me = Caller(notify.host, who)
    notify.hear(published([ZHUHAI]))
    unread = me("notify.count_unread")["unread"]
    (message,) = notify.inbox(who)
    with pytest.raises(NotFoundError):
        Caller(notify.host, other)("notify.read_message", message_id=message["message_id"])
    assert me("notify.read_message", message_id=message["message_id"])["status"] == "read"
    with pytest.raises(ConflictError):
        me("notify.read_message", message_id=message["message_id"])
    assert me("notify.count_unread")["unread"] == unread - 1
    assert notify.inbox(who, unread=True) == []
    assert len(notify.inbox(who, unread=False)) == 1
    assert notify.inbox(who, kind="orders") == []
    first = me("notify.list_messages", limit=1)
    assert me("notify.list_messages", limit=1, cursor=first["next_cursor"])["items"] != first["items"]


def test_a_street_gateway_shows_only_its_own_street_of_an_inbox(notify: Notify) -> None:
    staff = notify.open_account("hub", organisation_id=notify.register())
    notify.hear(published([ZHUHAI]))
    notify.hear(published([CHANGJIANG]))
    assert len(notify.inbox(staff)) == 2
    here = Caller(notify.host, staff).at(ZHUHAI)("notify.list_messages", kind="rounds")["items"]
    assert [message["street_code"] for message in here] == [ZHUHAI]


def test_preferences(notify: Notify) -> None:
    who = Caller(notify.host, notify.open_account("cso", streets=(ZHUHAI,)))
    changed = who("notify.set_preference", kind="rounds", channel="email", enabled=False)
    assert not changed["enabled"]
    items = who("notify.list_preferences")["items"]
    off = [(item["kind"], item["channel"]) for item in items if not item["enabled"]]
    assert off == [("rounds", "email")]
    for kind, channel in (("money", "email"), ("rounds", "inbox")):
        with pytest.raises(ConflictError):
            who("notify.set_preference", kind=kind, channel=channel, enabled=False)
    assert who("notify.set_preference", kind="rounds", channel="email", enabled=True)["enabled"]


def test_a_district_changes_its_wording_and_people_read_it(notify: Notify) -> None:
    bureau = Caller(notify.host, kit.actor("bureau"))
    words = {
        "title_zh": "请改：{{ title }}",
        "body_zh": "{{ organisation_id | named }}",
        "title_en": "Revise",
        "body_en": "x",
    }
    assert bureau("notify.get_template", event_name="proposal_returned")["status"] == "shipped"
    assert bureau("notify.preview_template", event_name="proposal_returned", **words)["title_zh"].startswith("请改：")
    custom = bureau("notify.set_template", event_name="proposal_returned", **words)
    assert (custom["status"], custom["version"]) == ("custom", 1)
    again = bureau(
        "notify.set_template", event_name="proposal_returned", expected_version=1, **words | {"body_en": "y"}
    )
    assert again["version"] == 2
    organisation_id = notify.register("暖阳（演示）")
    who = notify.open_account("cso", organisation_id=organisation_id, streets=(ZHUHAI,))
    notify.hear(returned(organisation_id))
    (message,) = notify.inbox(who)
    assert (message["title_zh"], message["body_zh"]) == ("请改：牵手夕阳（演示）", "暖阳（演示）")
    with pytest.raises(InvalidError):
        bureau("notify.set_template", event_name="proposal_returned", **words | {"body_zh": "{{ phone }}"})
    with pytest.raises(NotFoundError):
        bureau("notify.get_template", event_name="no_such_event")
    names = [item["event_name"] for item in bureau("notify.list_templates", limit=200)["items"]]
    assert names == sorted(names)
    assert "proposal_returned" in names
