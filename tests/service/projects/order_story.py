"""A street with organisations, residents and staff, for stories of service orders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chassis import clock, ids
from chassis.events import Envelope
from chassis.runtime.inprocess import InProcessHost
from tests import kit

EVIDENCE = [{"sha256": "a" * 64, "size": 10, "media_type": "image/jpeg"}]
HERE = {"latitude": 35.9601, "longitude": 120.0301}


class Street:
    """Zhuhai Street: three organisations, one hub that cares for the first two, one resident, staff."""

    def __init__(self, organisations: int = 3) -> None:
        self.host: InProcessHost = kit.make_host("projects")
        self.resident, self.staff = self.caller("resident"), self.caller("street_staff")
        self.bureau = kit.Caller(self.host, kit.actor("bureau"))
        self.hub_id = ids.new_id("org")
        self.hub = self.caller("hub", organisation_id=self.hub_id)
        self.orgs = [ids.new_id("org") for _ in range(organisations)]
        self.cso = [self.caller("cso", organisation_id=org) for org in self.orgs]
        self.register(self.hub_id, kind="hub")
        for number, org in enumerate(self.orgs):
            self.register(org, hub_id=self.hub_id if number < 2 else None)

    def caller(self, role: str, *, street: str = kit.ZHUHAI, **kwargs: Any) -> kit.Caller:
        return kit.Caller(self.host, kit.actor(role, streets=[street], **kwargs))

    def register(self, organisation_id: str, *, street: str = kit.ZHUHAI, **facts: Any) -> None:
        told = {
            "organisation_id": organisation_id,
            "name": "演示组织",
            "kind": "cso",
            "legal_tier": "filed",
            "fields": ["elder_care"],
            "street_code": street,
            "hub_id": None,
            "status": "active",
            "in_breach": False,
        }
        self.tell("organisation_registered", organisation_id, {**told, **facts})

    def account(self, caller: kit.Caller) -> str:
        """Make the account known, as the registry's news would."""
        who = caller.who
        assert who is not None
        assert who.account_id is not None
        facts = {
            "account_id": who.account_id,
            "role": who.role,
            "organisation_id": who.organisation_id,
            "account_streets": list(who.street_codes),
            "community_code": None,
            "verified": True,
        }
        self.tell("account_opened", who.account_id, facts)
        return who.account_id

    def tell(self, name: str, subject: str, payload: dict[str, Any]) -> None:
        envelope = Envelope(
            id=ids.new_id("evt"),
            name=name,
            source="registry",
            subject=subject,
            subject_version=1,
            district_code=kit.DISTRICT,
            occurred_at=clock.system_now(),
            payload=payload,
        )
        self.host.executors["projects"].handle(envelope)

    def requested(self, who: kit.Caller | None = None, **given: Any) -> dict[str, Any]:
        base = {"kind": "elder_care", "title": "陪诊（演示）", "street_code": kit.ZHUHAI, **HERE}
        order: dict[str, Any] = (who or self.resident)("projects.request_order", **{**base, **given})
        return order

    def verified(self, who: kit.Caller | None = None, *, risky: bool = False, **given: Any) -> str:
        order_id: str = self.requested(who, **given)["order_id"]
        self.staff("projects.verify_order", order_id=order_id, minutes=90, risky=risky)
        return order_id

    def offered(self, **more: Any) -> str:
        order_id = self.verified()
        self.staff("projects.offer_order", order_id=order_id, **{"organisation_ids": self.orgs, **more})
        return order_id

    def accepted(self, number: int = 0) -> str:
        order_id = self.offered(organisation_ids=[self.orgs[number]])
        self.cso[number]("projects.accept_order", order_id=order_id)
        return order_id

    def schedule(self, order_id: str, who: kit.Caller | None = None, *, hours: float = 1, **given: Any) -> Any:
        starts = self.now() + timedelta(hours=hours)
        window = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=2)).isoformat()}
        return (who or self.cso[0])("projects.schedule_order", order_id=order_id, **{**window, **given})

    def delivered(self) -> str:
        order_id = self.accepted()
        self.schedule(order_id)
        self.cso[0]("projects.check_in_order", order_id=order_id, **HERE)
        self.cso[0]("projects.deliver_order", order_id=order_id, minutes=80, evidence=EVIDENCE)
        return order_id

    def order(self, order_id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.staff("projects.get_order", order_id=order_id)
        return found

    def policy(self, kind: str = "elder_care", **changes: Any) -> None:
        kinds = {row["kind"]: row for row in self.bureau("projects.list_order_kinds")["items"]}
        row = {name: value for name, value in kinds[kind].items() if name != "district_code"}
        self.bureau("projects.set_order_kind", **{**row, **changes})

    def now(self) -> datetime:
        with self.host.executors["projects"].sessions() as session:
            return clock.now(session, kit.DISTRICT)

    def advance(self, **delta: float) -> None:
        operator = kit.Caller(self.host, kit.actor("operator"))
        operator("projects.advance_clock", seconds=int(timedelta(**delta).total_seconds()))
        self.host.settle()
