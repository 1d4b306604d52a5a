"""Live updates."""

from __future__ import annotations

import asyncio
from typing import Any

from chassis import clock, ids
from chassis.events import Envelope
from gateway.stream import EventHub, end_streams, may_see
from tests import kit
from tests.gateway.kit import Client


def envelope(name: str = "proposal_submitted", streets: tuple[str, ...] = (kit.ZHUHAI,), **changes: Any) -> Envelope:
    values: dict[str, Any] = {
        "id": ids.new_id("evt"),
        "name": name,
        "source": "projects",
        "subject": ids.new_id("prp"),
        "subject_version": 1,
        "district_code": kit.DISTRICT,
        "occurred_at": clock.system_now(),
        "payload": {"street_codes": list(streets), "amount_fen": 5},
    }
    return Envelope(**{**values, **changes})


def test_a_street_hears_of_itself_and_of_the_district() -> None:
    staff = kit.actor("street_staff", streets=[kit.ZHUHAI])
    assert may_see(staff, envelope())
    assert may_see(staff, envelope(streets=()))
    assert not may_see(staff, envelope(streets=(kit.CHANGJIANG,)))
    assert may_see(staff, envelope(streets=(kit.CHANGJIANG, kit.ZHUHAI)))


def test_nobody_hears_of_ballots_scores_or_another_district() -> None:
    bureau = kit.actor("bureau")
    assert may_see(bureau, envelope(streets=(kit.CHANGJIANG,)))
    assert not may_see(bureau, envelope("ballot_cast"))
    assert not may_see(bureau, envelope("score_sheet_locked"))
    assert not may_see(bureau, envelope(district_code="370212"))


def test_a_notice_has_no_payload_and_a_slow_reader_is_ended() -> None:
    async def scenario() -> list[Any]:
        hub = EventHub(district=kit.DISTRICT, buffer=2, heartbeat=0.05, lifetime=5)
        stream = hub.read(kit.actor("bureau"))
        seen = [await anext(stream)]
        for _ in range(3):
            hub.publish(envelope())
        seen += [event async for event in stream]
        assert hub.readers == 0
        return seen

    events = asyncio.run(scenario())
    assert 1 <= len(events) <= 3
    assert all("amount_fen" not in (event.json or {}) for event in events)


def test_heartbeats_keep_a_quiet_stream_open(client: Client) -> None:
    reply = client.as_("bureau").get("/v1/events", headers={"Last-Event-ID": "evt_x"})
    assert reply.status_code == 200
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert ": connected" in reply.text
    assert ": ping" in reply.text


def test_only_those_who_supervise_may_listen(client: Client) -> None:
    assert client.get("/v1/events").status_code == 401
    assert client.as_("resident").get("/v1/events").status_code == 403


def test_streams_end_when_the_process_is_told_to_stop() -> None:
    async def scenario() -> None:
        hub = EventHub(district=kit.DISTRICT, heartbeat=60, lifetime=60)
        stream = hub.read(kit.actor("bureau"))
        await anext(stream)
        asyncio.get_running_loop().call_later(0.05, end_streams)
        async for _ in stream:
            pass
        assert hub.readers == 0

    asyncio.run(asyncio.wait_for(scenario(), 5))
