"""Who takes part in the walk of service orders, and what each of them does in which state."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

from chassis import ids
from chassis.actor import Actor
from services.projects.known.models import KnownAccount, KnownOrganisation

DISTRICT, STREET = "370211", "370211009"
Plan = tuple[Actor, str, dict[str, Any]]  # who, operation, what is given
_OFFERS = ("offer", "offer_at_once", "offer_talent", "open")
STEPS: dict[str, tuple[str, ...]] = {
    "requested": ("verify", "verify", "verify", "cancel"),
    "verified": (*_OFFERS, *_OFFERS, "cancel"),
    "offered": ("accept", "accept", "claim", "decline", "cancel"),
    "declined": _OFFERS,
    "expired": _OFFERS,
    "accepted": ("schedule", "schedule", "schedule", "give_back", "cancel"),
    "scheduled": ("check_in", "check_in", "check_in", "schedule", "agree", "no_show", "give_back"),
    "checked_in": ("deliver", "deliver", "no_show"),
    "delivered": ("confirm", "confirm", "dispute"),
    "confirmed": ("rate", "dispute"),
    "rated": ("seal", "rate"),
    "no_show": ("offer", "schedule", "dispute"),
    "disputed": ("resolve",),
    "resolved": ("seal", "offer"),
}


class Cast:
    """People of one street."""

    def __init__(self) -> None:
        self.organisations = [ids.new_id("org") for _ in range(6)]
        self.talents = [actor("talent") for _ in range(2)]
        self.doers = [*(actor("cso", organisation_id=one) for one in self.organisations), *self.talents]
        self.staff, self.bureau = actor("street_staff"), actor("bureau", everywhere=True)
        self.residents = [actor("resident") for _ in range(5)]

    def known(self) -> list[KnownOrganisation | KnownAccount]:
        """The organisations and talents as projects knows them."""
        return [*(_known(one) for one in self.organisations), *(_known_talent(one) for one in self.talents)]

    def plan(self, name: str, order: dict[str, Any], chance: random.Random, now: datetime) -> Plan:
        """Who does it, and with what."""
        asker = next(one for one in self.residents if one.account_id == order["requester"])
        holder = self._holder(order, chance)
        reason = {"reason": "演示原因"}
        if name in ("offer", "offer_at_once"):
            some = chance.sample(self.organisations, chance.randint(2, 4))
            return self.staff, "offer_order", {"organisation_ids": some, "at_once": name == "offer_at_once"}
        if name == "offer_talent":
            return self.staff, "offer_order", {"talent_account_id": chance.choice(self.talents).account_id}
        if name == "schedule":
            starts = now + timedelta(hours=chance.randint(1, 48))
            window = {"starts_at": starts.isoformat(), "ends_at": (starts + timedelta(hours=1)).isoformat()}
            return holder, "schedule_order", window
        plans: dict[str, Plan] = {
            "verify": (self.staff, "verify_order", {"minutes": 60}),
            "open": (self.staff, "open_order", {}),
            "accept": (chance.choice(self.doers) if chance.random() < 0.3 else holder, "accept_order", {}),
            "claim": (chance.choice(self.doers[:-2]), "claim_order", {}),
            "decline": (holder, "decline_order", reason),
            "give_back": (holder, "give_back_order", reason),
            "agree": (asker, "agree_order_move", {}),
            "check_in": (holder, "check_in_order", reason),
            "no_show": (asker, "report_order_no_show", {"by": "provider", **reason}),
            "deliver": (holder, "deliver_order", {"minutes": 30}),
            "confirm": (asker, "confirm_order", {}),
            "dispute": (asker, "dispute_order", reason),
            "resolve": (
                self.staff,
                "resolve_order",
                {"outcome": "settled", "redo": chance.random() < 0.5, "hours_void": chance.random() < 0.3, **reason},
            ),
            "rate": (asker, "rate_order", {"stars": chance.randint(1, 5)}),
            "seal": (self.staff, "seal_order", {}),
            "cancel": (asker, "cancel_order", reason),
        }
        return plans[name]

    def _holder(self, order: dict[str, Any], chance: random.Random) -> Actor:
        """Who is asked or has it; anybody where nobody is."""
        found = [who for who in self.doers if {who.organisation_id, who.account_id} & order["asked"]]
        return chance.choice(found or self.doers)


def actor(role: str, *, organisation_id: str | None = None, everywhere: bool = False) -> Actor:
    """Somebody new."""
    return Actor(
        role=role,
        district_code=DISTRICT,
        street_codes=() if everywhere else (STREET,),
        organisation_id=organisation_id,
        account_id=ids.new_id("acc"),
    )


def _known_talent(who: Actor) -> KnownAccount:
    return KnownAccount(
        id=who.account_id,
        district_code=DISTRICT,
        street_code=STREET,
        role=who.role,
        verified=True,
        subject_version=1,
    )


def _known(organisation_id: str) -> KnownOrganisation:
    return KnownOrganisation(
        id=organisation_id,
        district_code=DISTRICT,
        street_code=STREET,
        name="演示组织",
        kind="cso",
        legal_tier="filed",
        fields=["community_building"],
        hub_id=None,
        status="active",
        in_breach=False,
        subject_version=1,
    )
