"""The road of a micro-venture round, step by step, for the tests that walk it. Every event is delivered twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from chassis import clock, ids
from chassis.events import Envelope, Event, type_of
from chassis.runtime.inprocess import InProcessHost
from contracts.projects import events
from contracts.registry.events import AccountOpened, OrganisationRegistered
from contracts.resources.events import FundsReserved
from tests import kit

SUNSET = "牵手夕阳乐享老年"
IDEAS = {
    SUNSET: ("elder_care", 30_000, 92),
    "口袋花园共建行动": ("community_building", 28_000, 86),
    "智能手机银龄课堂": ("elder_care", 22_000, 82),
    "假期四点半课堂": ("community_service", 18_000, 78),
    "楼道议事厅": ("community_building", 16_000, 70),
}
SECTIONS = ("need", "beneficiaries", "goals", "activities", "team", "risks", "sustainability")


class Road:
    """A host, its people, and what they do."""

    def __init__(self, *, street: str = kit.ZHUHAI, judges: int = 5, host: InProcessHost | None = None) -> None:
        self.host: InProcessHost = host or kit.make_host("projects")
        self.street = street
        self.bureau = kit.Caller(self.host, kit.actor("bureau"))
        self.staff = kit.Caller(self.host, kit.actor("street_staff", streets=[street]))
        self.hub = self.organisation(kind="hub")
        self.funders = [self.organisation(kind="enterprise"), self.organisation(kind="foundation")]
        self.organisations = [self.organisation(hub_id=self.hub) for _ in IDEAS]
        self.judges = [self.judge() for _ in range(judges - 1)] + [self.judge(organisation_id=self.hub)]
        self.proposals: dict[str, str] = {}
        self.round_id = ""
        self.roadshow_id = ""

    # facts of the other services ----------------------------------------------------------------------------------

    def hear(self, event: Event, *, version: int = 1, times: int = 2, at: datetime | None = None) -> None:
        """Another service's event, delivered twice."""
        kind = type_of(type(event))
        payload = {name: getattr(event, name) for name in event.__struct_fields__}
        envelope = Envelope(
            id=ids.new_id("evt"),
            name=kind.name,
            source=kind.owner,
            subject=payload[kind.subject_field],
            subject_version=version,
            district_code=kit.DISTRICT,
            occurred_at=at or clock.system_now(),
            payload=payload,
        )
        for _ in range(times):
            self.host.executors["projects"].handle(envelope)

    def hear_now(self, event: Event, *, version: int) -> None:
        """The same, told on the district's clock."""
        self.hear(event, version=version, at=self.now())

    def organisation(self, *, kind: str = "cso", street: str | None = None, hub_id: str | None = None) -> str:
        """The registry registers one."""
        made = ids.new_id("org")
        self.hear(
            OrganisationRegistered(
                organisation_id=made,
                name="某组织（演示）",
                kind=kind,
                legal_tier="registered",
                fields=[],
                street_code=street or self.street,
                hub_id=hub_id,
                status="active",
                in_breach=False,
            )
        )
        return made

    def account(self, role: str, *, organisation_id: str | None = None, street: str | None = None) -> kit.Caller:
        """The registry opens one; residents are verified."""
        who = kit.actor(role, streets=[street] if street else [], organisation_id=organisation_id)
        self.hear(
            AccountOpened(
                account_id=who.account_id or "",
                role=role,
                organisation_id=organisation_id,
                account_streets=[street] if street else [],
                community_code=f"{street}001" if street else None,
                verified=role == "resident",
            )
        )
        return kit.Caller(self.host, who)

    def judge(self, *, organisation_id: str | None = None) -> kit.Caller:
        return self.account("judge", organisation_id=organisation_id)

    def author(self, organisation_id: str) -> kit.Caller:
        return kit.Caller(self.host, kit.actor("cso", streets=[self.street], organisation_id=organisation_id))

    def now(self) -> datetime:
        return datetime.fromisoformat(self.bureau("projects.get_clock")["now"])

    def advance(self, **by: float) -> None:
        """The district clock, and what it sets off."""
        operator = kit.Caller(self.host, kit.actor("operator"))
        operator("projects.advance_clock", seconds=int(timedelta(**by).total_seconds()))
        self.host.settle()

    # the road -----------------------------------------------------------------------------------------------------

    def create(self, **changes: Any) -> dict[str, Any]:
        now = self.now()
        rules = {
            "name": "珠海街道微创投（演示）",
            "scale": "micro",
            "fields": ["elder_care", "community_building", "community_service"],
            "street_code": self.street,
            "budget": "100000.00",
            "cap": "30000.00",
            "judges_per_proposal": 4,
            "allocation": {"rule": "rank_until_exhausted"},
            "opens_at": (now + timedelta(days=1)).isoformat(),
            "closes_at": (now + timedelta(days=15)).isoformat(),
        }
        made: dict[str, Any] = self.bureau("projects.create_round", **{**rules, **changes})
        self.round_id = made["round_id"]
        return made

    def fund(self, *amounts: int) -> None:
        """Each funder's offer is named, and resources reserves it."""
        for funder, yuan in zip(self.funders, amounts, strict=True):
            offer_id = ids.new_id("ofr")
            view = self.on_round("add_pool_line", offer_id=offer_id, funder_organisation_id=funder, amount=f"{yuan}.00")
            line = next(line for line in view["pool_lines"] if line["offer_id"] == offer_id)
            self.hear(
                FundsReserved(line_id=line["line_id"], round_id=self.round_id, offer_id=offer_id, amount_fen=yuan * 100)
            )

    def on_round(self, operation: str, caller: kit.Caller | None = None, **kwargs: Any) -> Any:
        return (caller or self.bureau)(f"projects.{operation}", round_id=self.round_id, **kwargs)

    def publish(self, **changes: Any) -> dict[str, Any]:
        """Created, funded, published and, by its clock, open."""
        self.create(**changes)
        self.fund(60_000, 40_000)
        view: dict[str, Any] = self.on_round("publish_round")
        self.advance(days=1, minutes=1)
        return view

    def plan(self, title: str) -> dict[str, Any]:
        day = self.now().date()
        return {
            **dict.fromkeys(SECTIONS, f"{title}（演示）"),
            "beneficiary_count": 120,
            "starts_on": str(day + timedelta(days=60)),
            "ends_on": str(day + timedelta(days=240)),
            "milestones": [{"title": "中期", "due_on": str(day + timedelta(days=120)), "tranche_number": 2}],
        }

    def draft(self, title: str, organisation_id: str, *, field: str, yuan: int) -> str:
        made = self.author(organisation_id)(
            "projects.draft_proposal",
            round_id=self.round_id,
            title=title,
            field=field,
            amount=f"{yuan}.00",
            plan=self.plan(title),
            budget=[{"line": "物料", "amount": f"{yuan}.00"}],
        )
        self.proposals[title] = made["proposal_id"]
        return str(made["proposal_id"])

    def submit(self, title: str, organisation_id: str, *, field: str, yuan: int) -> str:
        proposal_id = self.draft(title, organisation_id, field=field, yuan=yuan)
        self.author(organisation_id)("projects.submit_proposal", proposal_id=proposal_id)
        return proposal_id

    def submit_all(self) -> None:
        for organisation_id, (title, (field, yuan, _)) in zip(self.organisations, IDEAS.items(), strict=True):
            self.submit(title, organisation_id, field=field, yuan=yuan)

    def screen(self) -> None:
        """The clock closes the round; everything is screened in, judges assigned, all shortlisted."""
        self.advance(days=15)
        self.on_round("start_screening")
        self.screen_rest()

    def screen_rest(self) -> None:
        """What is not screened out."""
        for proposal_id in self.proposals.values():
            if self.staff("projects.get_proposal", proposal_id=proposal_id)["status"] == "submitted":
                self.staff("projects.screen_in_proposal", proposal_id=proposal_id)
        for judge in self.judges:
            self.on_round("add_judge", account_id=judge.who.account_id if judge.who else "")
        self.on_round("assign_judges")

    def shortlist(self) -> None:
        self.on_round("start_review")
        self.on_round("shortlist_proposals")

    def roadshow(self, merits: dict[str, int] | None = None) -> None:
        """Planned, drawn, pitched, scored by every judge who is not recused, tallied and sealed."""
        self.on_round("start_roadshow_phase")
        planned = self.on_round("plan_roadshow", self.staff, starts_at=self.now().isoformat(), place="街道中心（演示）")
        self.roadshow_id = planned["roadshow_id"]
        drawn = self.staff("projects.draw_slots", roadshow_id=self.roadshow_id)
        self.staff("projects.start_roadshow", roadshow_id=self.roadshow_id)
        for pitch in drawn["pitches"]:
            self.pitch(pitch, merits or {})
        self.staff("projects.tally_roadshow", roadshow_id=self.roadshow_id)

    def pitch(self, pitch: dict[str, Any], merits: dict[str, int]) -> None:
        for step in ("start_pitch", "open_questions", "open_scoring"):
            self.staff(f"projects.{step}", pitch_id=pitch["pitch_id"])
        title = next(title for title, made in self.proposals.items() if made == pitch["proposal_id"])
        merit = merits[title] if title in merits else IDEAS[title][2]
        for judge in self.scoring(pitch["proposal_id"]):
            scores = dict.fromkeys(("need", "plan", "budget", "team"), merit)
            judge("projects.fill_score_sheet", proposal_id=pitch["proposal_id"], scores=scores, lock=True)
        self.staff("projects.lock_pitch", pitch_id=pitch["pitch_id"])

    def scoring(self, proposal_id: str) -> list[kit.Caller]:
        """The judges who are not recused."""
        rows = self.on_round("list_assignments", limit=200)["items"]
        active = {row["judge_account_id"] for row in rows if row["proposal_id"] == proposal_id and not row["recused"]}
        return [judge for judge in self.judges if judge.who and judge.who.account_id in active]

    def seal(self) -> None:
        self.staff("projects.seal_roadshow", roadshow_id=self.roadshow_id)

    def vote(self, ballots: int = 10) -> list[dict[str, Any]]:
        """Residents approve of the first proposals; the clock closes the vote. Returns the receipts."""
        self.on_round("open_vote", self.staff, closes_at=(self.now() + timedelta(days=3)).isoformat())
        residents = [self.account("resident", street=self.street) for _ in range(ballots)]
        choice = list(self.proposals.values())[:2]
        receipts = [self.on_round("cast_ballot", resident, proposal_ids=choice) for resident in residents]
        self.advance(days=3, minutes=1)
        return receipts

    def decide(self) -> dict[str, Any]:
        """By the frozen rule, and on notice."""
        self.on_round("determine_round")
        view: dict[str, Any] = self.on_round("publish_notice")
        return view

    def award(self) -> list[dict[str, Any]]:
        """After the notice; party A has signed the agreements, the organisations have not."""
        self.advance(days=8)
        self.on_round("award_round")
        awards: list[dict[str, Any]] = self.bureau("projects.list_awards", round_id=self.round_id)["items"]
        for award in awards:
            self.bureau("projects.sign_agreement", award_id=award["award_id"])
        return awards

    def recorded(self, struct: type[Event]) -> int:
        """How often an event was recorded."""
        from sqlalchemy import func, select

        from chassis.tables import OutboxEvent

        with self.host.executors["projects"].sessions() as session:
            name = type_of(struct).name
            return session.scalar(select(func.count()).where(OutboxEvent.name == name)) or 0


def outcome(decision: dict[str, Any], title: str) -> str:
    """A proposal's outcome in a decision's view."""
    return next(str(row["outcome"]) for row in decision["outcomes"] if row["title"] == title)


__all__ = ["IDEAS", "SUNSET", "Road", "events", "outcome"]
