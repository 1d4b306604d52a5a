"""A district with organisations in two streets, and shorthand for the usual road of an offer and a need."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from chassis import clock, ids
from chassis.events import Envelope, Event, type_of
from chassis.runtime.inprocess import InProcessHost
from contracts.projects.events import ProjectStarted
from contracts.registry.events import OrganisationRegistered
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor, make_host

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def later(days: int) -> str:
    """A day from now, as the edge writes dates."""
    return (clock.day_of(clock.system_now()) + timedelta(days=days)).isoformat()


def instant(days: int, hours: int = 0) -> str:
    return (clock.system_now() + timedelta(days=days, hours=hours)).isoformat()


@dataclass
class World:
    """Organisations and the people who act for them."""

    host: InProcessHost
    organisations: dict[str, str] = field(default_factory=dict)

    def hear(self, event: Event, *, version: int = 1, times: int = 2, event_id: str | None = None) -> None:
        """An event of another service arrives, twice unless told otherwise."""
        kind = type_of(type(event))
        envelope = Envelope(
            id=event_id or ids.new_id("evt"),
            name=kind.name,
            source=kind.owner,
            subject=getattr(event, kind.subject_field),
            subject_version=version,
            district_code=DISTRICT,
            occurred_at=NOON,
            payload=msgspec.to_builtins(event),
        )
        for _ in range(times):
            self.host.executors["resources"].handle(envelope)

    def add(self, name: str, kind: str, street: str | None, hub: str | None = None) -> str:
        """An organisation that registry told us of."""
        self.organisations[name] = ids.new_id("org")
        self.hear(
            OrganisationRegistered(
                organisation_id=self.organisations[name],
                name=name,
                kind=kind,
                legal_tier="registered",
                fields=["elder_care"],
                street_code=street,
                hub_id=hub,
                status="active",
                in_breach=False,
            )
        )
        return self.organisations[name]

    def project(self, organisation: str, street: str) -> str:
        """A running project."""
        project = ids.new_id("prj")
        self.hear(
            ProjectStarted(
                project_id=project,
                proposal_id=ids.new_id("prp"),
                round_id=ids.new_id("rnd"),
                organisation_id=self.organisations[organisation],
                title="牵手夕阳乐享老年（演示）",
                street_code=street,
                fields=["elder_care"],
            )
        )
        return project

    def provider(self, name: str) -> Caller:
        return Caller(self.host, actor("provider", organisation_id=self.organisations[name]))

    def cso(self, name: str, street: str = ZHUHAI) -> Caller:
        return Caller(self.host, actor("cso", streets=[street], organisation_id=self.organisations[name]))

    def hub(self, name: str, street: str = ZHUHAI) -> Caller:
        return Caller(self.host, actor("hub", streets=[street], organisation_id=self.organisations[name]))

    @property
    def bureau(self) -> Caller:
        return Caller(self.host, actor("bureau"))

    def staff(self, street: str = ZHUHAI) -> Caller:
        return Caller(self.host, actor("street_staff", streets=[street]))

    def offer(self, provider: str = "enterprise", *, is_open: bool = True, **fields: Any) -> dict[str, Any]:
        """An open offer of forty wheelchairs, unless told otherwise."""
        body = {"kind": "materials", "title": "轮椅（演示）", "tags": ["wheelchair"], **fields}
        if body["kind"] == "materials":
            body = {"quantity": 40, "unit": "辆", **body}
        giver = self.provider(provider)
        offer: dict[str, Any] = giver("resources.draft_offer", **body)
        if is_open:
            self.bureau("resources.verify_offer", offer_id=offer["offer_id"])
            offer = giver("resources.open_offer", offer_id=offer["offer_id"])
        return offer

    def need(self, organisation: str = "sunset", *, street: str = ZHUHAI, **fields: Any) -> dict[str, Any]:
        """An open need of ten wheelchairs, unless told otherwise."""
        body = {"kind": "materials", "title": "需要轮椅（演示）", "tags": ["wheelchair"], "due_on": later(30), **fields}
        if body["kind"] == "materials":
            body = {"quantity": 10, "unit": "辆", **body}
        taker = self.cso(organisation, street)
        need: dict[str, Any] = taker("resources.draft_need", **body)
        self.staff(street)("resources.verify_need", need_id=need["need_id"])
        return taker("resources.open_need", need_id=need["need_id"])  # type: ignore[no-any-return]

    def residents_need(self, hub: str = "hub", *, shape: dict[str, Any] | None = None, **fields: Any) -> dict[str, Any]:
        """What a caller asked for, in the hands of a hub: open."""
        handler, staff = self.hub(hub), self.staff()
        caller = {"name": "演示来电人", "phone": "13800000009", "consent": True}
        need: dict[str, Any] = staff("resources.request_need", caller=caller, street_code=ZHUHAI, **fields)
        key = {"need_id": need["need_id"]}
        handler("resources.take_on_need", **key)
        handler("resources.shape_need", **key, **{"summary": "制单（演示）", **(shape or {})})
        staff("resources.verify_need", **key)
        return handler("resources.open_need", **key)  # type: ignore[no-any-return]

    def proposed(self, offer: dict[str, Any], need: dict[str, Any], quantity: int) -> str:
        reply = self.bureau(
            "resources.propose_allocation", offer_id=offer["offer_id"], need_id=need["need_id"], quantity=quantity
        )
        return str(reply["allocation_id"])

    def reserved(self, offer: dict[str, Any], need: dict[str, Any], quantity: int) -> str:
        allocation = self.proposed(offer, need, quantity)
        self.bureau("resources.reserve_allocation", allocation_id=allocation)
        return allocation

    def shown_offer(self, offer: dict[str, Any]) -> dict[str, Any]:
        reply: dict[str, Any] = self.bureau("resources.get_offer", offer_id=offer["offer_id"])
        return reply

    def shown_need(self, need: dict[str, Any]) -> dict[str, Any]:
        reply: dict[str, Any] = self.bureau("resources.get_need", need_id=need["need_id"])
        return reply


@pytest.fixture(autouse=True)
def _resources_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "resources.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("RESOURCES_KEY_FILE", str(tmp_path / "resources.key"))


@pytest.fixture
def world() -> World:
    world = World(make_host("resources"))
    world.add("enterprise", "enterprise", None)
    world.add("foundation", "foundation", None)
    hub = world.add("hub", "hub", ZHUHAI)
    world.add("sunset", "cso", ZHUHAI, hub)
    world.add("garden", "cso", ZHUHAI, hub)
    world.add("elsewhere", "cso", CHANGJIANG)
    return world


def counters(offer: dict[str, Any]) -> tuple[int, int, int, int]:
    """``(quantity, free, reserved, handed over)``; the balance must hold."""
    assert offer["quantity"] == offer["free"] + offer["reserved"] + offer["handed_over"]
    return offer["quantity"], offer["free"], offer["reserved"], offer["handed_over"]
