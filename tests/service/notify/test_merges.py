"""Endpoints and waiting notices follow a merge of organisations; messages say what was so."""

from __future__ import annotations

from chassis import ids
from contracts.projects.events import ProposalScreenedIn
from contracts.registry.events_organisations import MergeUndone, OrganisationsMerged
from tests import kit
from tests.kit import Caller
from tests.service.notify.world import Notify


def merged(notify: Notify, survivor: str, absorbed: str) -> OrganisationsMerged:
    event = OrganisationsMerged(
        merge_id=ids.new_id("mrg"), survivor_id=survivor, merged_id=absorbed, account_ids=[], moved=0
    )
    notify.hear(event, version=2)
    return event


def undone(notify: Notify, event: OrganisationsMerged) -> None:
    both = {name: getattr(event, name) for name in ("merge_id", "survivor_id", "merged_id", "account_ids")}
    notify.hear(MergeUndone(restored=0, **both), version=3)


def screened(notify: Notify, organisation_id: str) -> None:
    fact = ProposalScreenedIn(
        proposal_id=ids.new_id("prp"), round_id=ids.new_id("rnd"), organisation_id=organisation_id, title="项目（演示）"
    )
    notify.hear(fact)


def test_news_of_the_absorbed_one_reaches_the_survivor(notify: Notify) -> None:
    survivor, absorbed = notify.register("甲社（演示）"), notify.register("乙社（演示）")
    who = notify.open_account("cso", organisation_id=survivor)
    event = merged(notify, survivor, absorbed)
    before = len(notify.inbox(who))
    screened(notify, absorbed)
    assert len(notify.inbox(who)) == before + 1
    undone(notify, event)
    screened(notify, absorbed)
    assert len(notify.inbox(who)) == before + 1


def test_what_waited_for_an_account_is_told_to_the_survivors_once(notify: Notify) -> None:
    survivor, absorbed = notify.register("甲社（演示）"), notify.register("乙社（演示）")
    screened(notify, absorbed)
    both = [notify.open_account("cso", organisation_id=survivor) for _ in range(2)]
    before = [len(notify.inbox(who)) for who in both]
    merged(notify, survivor, absorbed)
    after = [len(notify.inbox(who)) for who in both]
    assert min(new - old for new, old in zip(after, before, strict=True)) >= 1
    assert after[0] - before[0] == after[1] - before[1]


def test_endpoints_follow_and_come_back(notify: Notify) -> None:
    survivor, absorbed = notify.register("甲社（演示）"), notify.register("乙社（演示）")
    mine = Caller(notify.host, kit.actor("cso", organisation_id=absorbed, streets=[kit.ZHUHAI]))
    theirs = Caller(notify.host, kit.actor("cso", organisation_id=survivor, streets=[kit.ZHUHAI]))
    made = mine("notify.add_webhook_endpoint", url="https://hooks.example/a", event_names=["proposal_screened_in"])
    event = merged(notify, survivor, absorbed)
    assert [row["endpoint_id"] for row in theirs("notify.list_webhook_endpoints")["items"]] == [made["endpoint_id"]]
    undone(notify, event)
    assert theirs("notify.list_webhook_endpoints")["items"] == []
    assert [row["endpoint_id"] for row in mine("notify.list_webhook_endpoints")["items"]] == [made["endpoint_id"]]
