"""Calendars through the front door: text/calendar without sign-in, at an address that is a secret."""

from __future__ import annotations

import pytest
from icalendar import Calendar

from gateway import api, catalogue
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.service.projects.round_road import Road


@pytest.fixture
def road() -> Road:
    road = Road()
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.on_round("start_roadshow_phase")
    made = road.on_round("plan_roadshow", road.staff, starts_at=road.now().isoformat(), place="街道中心（演示）")
    road.roadshow_id = made["roadshow_id"]
    road.staff("projects.draw_slots", roadshow_id=road.roadshow_id)
    return road


@pytest.fixture
def client(road: Road) -> Client:
    return Client(make_deps(road.host, routes=api.routes(), catalogue=catalogue.load()))


def test_a_feed_is_opened_read_without_sign_in_and_revoked(road: Road, client: Client) -> None:
    assert road.judges[0].who is not None
    judge = client.with_token(kit.token(road.judges[0].who))
    opened = judge.post("/v1/calendar-feeds", json={})
    assert opened.status_code == 201, opened.text
    address = f"/v1/calendars/{opened.json['token']}"
    reply = client.get(address)
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/calendar; charset=utf-8"
    events = Calendar.from_ical(reply.content).walk("VEVENT")
    assert len(events) == 5
    assert {event["DTSTART"].params["TZID"] for event in events} == {"Asia/Shanghai"}
    assert all(str(event["SUMMARY"]).startswith("路演答辩：") for event in events)
    assert all(len(line) <= 75 for line in reply.content.split(b"\r\n"))
    gone = judge.request("DELETE", f"/v1/calendar-feeds/{opened.json['calendar_feed_id']}")
    assert gone.json["revoked_at"]
    assert client.get(address).status_code == 404
    assert client.get("/v1/calendars/" + "a" * 43).json["code"] == "calendar_not_found"
    assert client.post("/v1/calendar-feeds", json={}).status_code == 401


def test_everybody_reads_when_a_roadshow_is_and_not_who_judges(road: Road, client: Client) -> None:
    reply = client.get(f"/v1/roadshows/{road.roadshow_id}/calendar")
    assert reply.status_code == 200, reply.text
    assert len(Calendar.from_ical(reply.content).walk("VEVENT")) == 5
    assert reply.content == client.get(f"/v1/roadshows/{road.roadshow_id}/calendar").content
    assert b"acc_" not in reply.content
