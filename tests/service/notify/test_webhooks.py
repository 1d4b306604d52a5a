"""Webhooks against a real receiver: signed, once each, retried, switched off by 410, scoped to whose they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select, text
from standardwebhooks import Webhook

from chassis import ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.events import Envelope
from contracts.resources.events import AllocationConfirmed
from services.notify.webhooks.models import WebhookEndpoint
from tests import kit
from tests.kit import CHANGJIANG, ZHUHAI, Caller
from tests.service.notify.world import Notify, Receiver


def allocate(notify: Notify, provider: str, recipient: str, street: str = ZHUHAI) -> Envelope:
    return notify.hear(
        AllocationConfirmed(
            allocation_id=ids.new_id("alc"),
            offer_id=ids.new_id("ofr"),
            need_id=ids.new_id("ned"),
            provider_organisation_id=provider,
            recipient_organisation_id=recipient,
            quantity=20,
            unit="箱",
            street_codes=[street],
        )
    )


def subscribe(notify: Notify, organisation_id: str, url: str, **fields: Any) -> tuple[Caller, dict[str, Any]]:
    owner = Caller(notify.host, notify.open_account("provider", organisation_id=organisation_id))
    return owner, owner("notify.add_webhook_endpoint", url=url, **fields)


def test_a_provider_gets_its_own_events_signed_and_once(notify: Notify, receiver: Receiver) -> None:
    mine, other, recipient = notify.register(), notify.register(), notify.register()
    owner, endpoint = subscribe(notify, mine, receiver.url)
    envelope = allocate(notify, mine, recipient)
    allocate(notify, other, recipient)
    notify.host.settle()
    ((headers, body),) = receiver.posts
    content = Webhook(endpoint["secret"]).verify(body, headers)
    (delivery,) = notify.deliveries(channel="webhook")
    assert headers["webhook-id"] == delivery["delivery_id"]
    assert content["type"] == "allocation_confirmed"
    assert content["event_id"] == envelope.id
    assert content["data"]["quantity"] == 20
    assert delivery["status"] == "sent"
    shown = owner("notify.get_webhook_endpoint", endpoint_id=endpoint["endpoint_id"])
    assert "secret" not in shown
    notify.make_due()
    notify.host.settle()
    assert len(receiver.posts) == 1


def test_the_signing_secret_is_ciphertext_at_rest(notify: Notify, receiver: Receiver) -> None:
    _, endpoint = subscribe(notify, notify.register(), receiver.url)
    word = endpoint["secret"].removeprefix("whsec_")
    with notify.host.executors["notify"].sessions() as session:
        names = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        kept = {name: str(session.execute(text(f'SELECT to_jsonb(x) FROM "{name}" x')).all()) for name in names}
        assert session.scalars(select(WebhookEndpoint.secret)).one() == endpoint["secret"]
    assert receiver.url in kept["webhook_endpoint"]
    assert [name for name, rows in kept.items() if word in rows or "whsec_" in rows] == []


def test_a_failure_is_tried_again_with_the_same_id_and_bytes(notify: Notify, receiver: Receiver) -> None:
    mine = notify.register()
    owner, endpoint = subscribe(notify, mine, receiver.url)
    receiver.statuses, receiver.headers = [503, 302], {"retry-after": "120", "location": "http://127.0.0.1:1/"}
    allocate(notify, mine, notify.register())
    for _ in range(3):
        notify.host.settle()
        notify.make_due()
    (delivery,) = notify.deliveries()
    assert [one["outcome"] for one in delivery["attempts"]] == ["retry", "retry", "succeed"]
    assert delivery["attempts"][0]["answer"] == "HTTP 503"
    assert len({headers["webhook-id"] for headers, _ in receiver.posts}) == 1
    assert len({body for _, body in receiver.posts}) == 1
    assert owner("notify.get_webhook_endpoint", endpoint_id=endpoint["endpoint_id"])["failures"] == 0


def test_a_dead_receiver_costs_one_try_not_one_per_event(notify: Notify, receiver: Receiver) -> None:
    mine = notify.register()
    subscribe(notify, mine, receiver.url)
    receiver.statuses = [500] * 10
    for _ in range(4):
        allocate(notify, mine, notify.register())
    notify.host.settle()
    assert len(receiver.posts) == 1
    receiver.statuses = []
    for _ in range(3):
        notify.make_due()
        notify.host.settle()
    assert {one["status"] for one in notify.deliveries()} == {"sent"}
    assert len({headers["webhook-id"] for headers, _ in receiver.posts}) == 4


def test_gone_switches_the_endpoint_off_until_its_owner_resumes_it(notify: Notify, receiver: Receiver) -> None:
    mine = notify.register()
    owner, endpoint = subscribe(notify, mine, receiver.url)
    receiver.statuses = [410]
    allocate(notify, mine, notify.register())
    allocate(notify, mine, notify.register())
    notify.host.settle()
    notify.make_due()
    notify.host.settle()
    assert [one["status"] for one in notify.deliveries()] == ["suppressed", "bounced"]
    assert len(receiver.posts) == 1
    key = {"endpoint_id": endpoint["endpoint_id"]}
    assert owner("notify.get_webhook_endpoint", **key)["status"] == "disabled"
    allocate(notify, mine, notify.register())
    assert len(notify.deliveries()) == 2
    assert owner("notify.resume_webhook_endpoint", **key)["status"] == "active"
    allocate(notify, mine, notify.register())
    notify.host.settle()
    assert notify.deliveries()[0]["status"] == "sent"
    assert owner("notify.remove_webhook_endpoint", **key)["status"] == "removed"
    with pytest.raises(ConflictError):
        owner("notify.remove_webhook_endpoint", **key)


def test_filters_by_event_and_street(notify: Notify, receiver: Receiver) -> None:
    bureau = Caller(notify.host, notify.open_account("bureau"))
    bureau("notify.add_webhook_endpoint", url=receiver.url + "/street", street_codes=[ZHUHAI])
    bureau("notify.add_webhook_endpoint", url=receiver.url + "/money", event_names=["tranche_paid"])
    allocate(notify, notify.register(street=CHANGJIANG), notify.register(street=CHANGJIANG), CHANGJIANG)
    notify.host.settle()
    assert [json.loads(body)["type"] for _, body in receiver.posts].count("allocation_confirmed") == 0
    allocate(notify, notify.register(), notify.register())
    notify.host.settle()
    assert [json.loads(body)["type"] for _, body in receiver.posts].count("allocation_confirmed") == 1


def test_inside_addresses_are_refused_when_added_and_when_sent(
    notify: Notify, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = notify.register()
    owner, _ = subscribe(notify, mine, receiver.url)
    allocate(notify, mine, notify.register())
    monkeypatch.setenv("NOTIFY_ALLOW_LOOPBACK", "0")
    notify.host.settle()
    (delivery,) = notify.deliveries()
    assert delivery["status"] == "abandoned"
    assert receiver.posts == []
    for url in (receiver.url, "https://10.0.0.1/", "https://169.254.169.254/", "https://localhost/"):
        with pytest.raises(InvalidError):
            owner("notify.add_webhook_endpoint", url=url)


def test_endpoints_are_their_owners(notify: Notify, receiver: Receiver) -> None:
    mine = notify.register()
    owner, endpoint = subscribe(notify, mine, receiver.url)
    stranger = Caller(notify.host, notify.open_account("provider", organisation_id=notify.register()))
    key = {"endpoint_id": endpoint["endpoint_id"]}
    for operation in ("get", "resume", "remove"):
        with pytest.raises(NotFoundError):
            stranger(f"notify.{operation}_webhook_endpoint", **key)
    assert stranger("notify.list_webhook_endpoints")["items"] == []
    assert len(Caller(notify.host, kit.actor("operator"))("notify.list_webhook_endpoints")["items"]) == 1
    with pytest.raises(ForbiddenError):
        Caller(notify.host, kit.actor("resident"))("notify.add_webhook_endpoint", url=receiver.url)
    with pytest.raises(ForbiddenError):
        Caller(notify.host, kit.actor("cso", streets=[ZHUHAI]))("notify.add_webhook_endpoint", url=receiver.url)
    with pytest.raises(InvalidError):
        owner("notify.add_webhook_endpoint", url=receiver.url, event_names=["ballot_cast"])


def test_a_street_may_neither_widen_its_scope_nor_touch_another_streets_rows(
    notify: Notify, receiver: Receiver
) -> None:
    hub = Caller(notify.host, kit.actor("hub", streets=[ZHUHAI], organisation_id=notify.register()))
    with pytest.raises(ForbiddenError):
        hub("notify.add_webhook_endpoint", url=receiver.url, street_codes=[CHANGJIANG])
    assert hub("notify.add_webhook_endpoint", url=receiver.url)["street_codes"] == [ZHUHAI]
    bureau = Caller(notify.host, kit.actor("bureau"))
    there = bureau("notify.add_webhook_endpoint", url=receiver.url, street_codes=[CHANGJIANG])
    other = Caller(notify.host, kit.actor("bureau")).at(ZHUHAI)
    key = {"endpoint_id": there["endpoint_id"]}
    with pytest.raises(NotFoundError):
        other("notify.remove_webhook_endpoint", **key)
    allocate(notify, notify.register(), notify.register(), CHANGJIANG)
    (delivery,) = [one for one in notify.deliveries() if one["event_name"] == "allocation_confirmed"]
    with pytest.raises(NotFoundError):
        other("notify.get_delivery", delivery_id=delivery["delivery_id"])
    assert delivery["delivery_id"] not in str(other("notify.list_deliveries"))


def test_an_owner_has_only_so_many(notify: Notify, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_ENDPOINTS_PER_OWNER", "1")
    owner, _ = subscribe(notify, notify.register(), receiver.url)
    with pytest.raises(ConflictError):
        owner("notify.add_webhook_endpoint", url=receiver.url)


def test_events_of_a_delivery_are_recorded_for_the_trail(notify: Notify, receiver: Receiver) -> None:
    from chassis.tables import OutboxEvent

    mine = notify.register()
    subscribe(notify, mine, receiver.url)
    envelope = allocate(notify, mine, notify.register())
    notify.host.settle()
    with notify.host.executors["notify"].sessions() as session:
        rows = session.query(OutboxEvent).order_by(OutboxEvent.position).all()
    assert [row.name for row in rows] == ["webhook_endpoint_added", "message_delivered"]
    assert rows[1].payload["cause_event_id"] == envelope.id
    assert rows[1].headers["cloudEvents_correlationid"] == envelope.trace_id
