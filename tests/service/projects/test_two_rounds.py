"""From the first draft to the archive: a micro round, and a venture round that entrusts streets to hubs."""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from chassis import clock, ids
from chassis.errors import ConflictError
from chassis.events import Envelope, type_of
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import OutboxEvent
from contracts.projects import events
from contracts.projects.events_plans import StreetOperationAwarded
from services.registry.bootstrap import seed
from tests import kit
from tests.service.projects.round_road import IDEAS, Road, outcome
from tests.service.registry.cast import Cast, credit_code


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trail_key: object) -> None:
    (tmp_path / "data.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("DATA_KEY_FILE", str(tmp_path / "data.key"))
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


def evidence(letter: str) -> list[dict[str, Any]]:
    return [{"sha256": letter * 64, "size": 1, "media_type": "image/png"}]


def sign(road: Road, award: dict[str, Any], who: kit.Caller) -> dict[str, Any]:
    """The agreement; returns the project."""
    who("projects.sign_agreement", award_id=award["award_id"])
    found: dict[str, Any] = next(
        item
        for item in road.bureau("projects.list_projects", limit=50)["items"]
        if item["proposal_id"] == award["proposal_id"]
    )
    return found


def deliver(road: Road, project_id: str, who: kit.Caller) -> None:
    """Every milestone, both evaluations, the report and the acceptance, once the trail has caught up."""
    about = {"project_id": project_id}
    milestones = road.bureau("projects.get_project", **about)["milestones"]
    for number, milestone in enumerate(milestones):
        given = {**about, "milestone_id": milestone["milestone_id"]}
        who("projects.submit_milestone", **given, summary="已完成", evidence=evidence(str(number)))
        road.bureau("projects.accept_milestone", **given)
    road.bureau("projects.begin_mid_review", **about)
    road.bureau("projects.record_evaluation", **about, kind="mid_term", score=88)
    who("projects.submit_final_report", **about, text="结项报告（演示）", beneficiary_count=120)
    road.bureau("projects.record_evaluation", **about, kind="final", score=90)
    road.host.settle()
    road.bureau("projects.accept_project", **about)
    road.bureau("projects.close_project", **about)


def statuses(road: Road) -> list[str]:
    """The states a round went through, as its events tell."""
    with road.host.executors["projects"].sessions() as session:
        rows = session.scalars(
            select(OutboxEvent).where(OutboxEvent.subject == road.round_id).order_by(OutboxEvent.position)
        )
        return [row.payload.get("status") or row.name for row in rows if not row.name.startswith("pool_line_")]


def test_a_micro_round_runs_from_its_draft_to_the_archive() -> None:
    road = Road(host=kit.make_host("projects", "projects-trail"))
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow()
    road.seal()
    road.vote()
    road.decide()
    awards = road.award()
    assert sum(round(float(award["amount"])) for award in awards) <= 100_000
    projects = [(sign(road, award, author := road.author(award["organisation_id"])), author) for award in awards]
    with pytest.raises(ConflictError, match="round_state_conflict"):
        road.on_round("archive_round")
    road.on_round("evaluate_round")
    with pytest.raises(ConflictError, match="round_proposals_pending"):
        road.on_round("archive_round")
    for project, author in projects:
        deliver(road, project["project_id"], author)
    assert road.on_round("archive_round")["status"] == "archived"
    assert {item["status"] for item in road.bureau("projects.list_proposals")["items"]} <= {"closed", "declined"}
    assert len(projects) == len(awards) < len(IDEAS)
    assert road.recorded(events.ProjectClosed) == len(awards)


class Streets(Road):
    """Two streets look for a hub; three hubs ask, two of them for the same street. The registry is there for real."""

    def __init__(self) -> None:
        host = kit.make_host("projects", "projects-trail", "registry")
        with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
            seed(session, district_code=kit.DISTRICT)
        self.cast = Cast(host)
        super().__init__(host=host)
        self.hubs = [
            self.hub_of(street, number) for number, street in enumerate((kit.ZHUHAI, kit.CHANGJIANG, kit.ZHUHAI))
        ]
        self.judges = [self.judge() for _ in range(4)]

    def hub_of(self, street: str, number: int) -> kit.Caller:
        made = self.cast.bureau(
            "registry.register_organisation",
            name=f"枢纽{number}（演示）",
            kind="hub",
            legal_tier="registered",
            uscc=credit_code(),
            street_code=street,
        )
        self.host.settle()
        who = kit.actor("hub", streets=[street], organisation_id=made["organisation_id"])
        return kit.Caller(self.host, who)

    def apply(self, hub: kit.Caller, title: str, street: str | None) -> str:
        plan = {**self.plan(title), "milestones": [{"title": "年中", "due_on": str(self.now().date())}]}
        plan["milestones"][0]["due_on"] = plan["starts_on"]
        made: dict[str, Any] = hub(
            "projects.draft_proposal",
            round_id=self.round_id,
            title=title,
            field="community_building",
            amount="40000.00",
            plan=plan,
            budget=[{"line": "运营", "amount": "40000.00"}],
            **({"operates_street": street} if street else {}),
        )
        self.proposals[title] = made["proposal_id"]
        return str(made["proposal_id"])

    def advance(self, **by: float) -> None:
        """Both services know the same day."""
        super().advance(**by)
        operator = kit.Caller(self.host, kit.actor("operator"))
        operator("registry.advance_clock", seconds=int(timedelta(**by).total_seconds()))
        self.host.settle()


def entrusted(streets: Streets) -> dict[str, str]:
    rows = streets.cast.bureau("registry.list_entrustments")["items"]
    return {row["street_code"]: row["hub_id"] for row in rows if row["status"] == "agreed"}


def test_a_venture_round_entrusts_each_street_to_the_hub_that_won_it_and_is_archived() -> None:
    road = Streets()
    road.create(
        scale="venture",
        purpose="street_operation",
        street_code=None,
        fields=["community_building"],
        cap="50000.00",
        budget="120000.00",
        eligibility={"kinds": ["hub"]},
        has_vote=False,
        allocation={"rule": "rank_with_skip", "judge_weight": 100, "resident_weight": 0},
    )
    road.fund(80_000, 40_000)
    road.on_round("publish_round")
    road.advance(days=1, minutes=1)
    titles = ("珠海街道运营", "长江路街道运营", "珠海街道运营（二）")
    wanted = (kit.ZHUHAI, kit.CHANGJIANG, kit.ZHUHAI)
    for hub, title, street in zip(road.hubs, titles, wanted, strict=True):
        proposal_id = road.apply(hub, title, None)
        problems = hub("projects.check_proposal", proposal_id=proposal_id)["problems"]
        assert [item["code"] for item in problems] == ["street_missing"]
        hub("projects.change_proposal", proposal_id=proposal_id, operates_street=street)
        hub("projects.submit_proposal", proposal_id=proposal_id)
    road.staff = road.bureau
    road.screen()
    road.shortlist()
    road.roadshow({titles[0]: 90, titles[1]: 70, titles[2]: 85})
    road.seal()
    decision = road.decide()
    assert [outcome(decision, title) for title in titles] == ["recommended", "recommended", "not_recommended"]
    second = next(row for row in decision["outcomes"] if row["title"] == titles[2])
    assert "一个街道只委托一家" in second["explanation"]["zh"]
    awards = {award["organisation_id"]: award for award in road.award()}
    assert entrusted(road) == {}
    projects = []
    for hub in road.hubs[:2]:
        organisation_id = hub.who.organisation_id if hub.who else ""
        projects.append((sign(road, awards[organisation_id or ""], hub)["project_id"], hub))
    road.host.settle()
    assert road.recorded(StreetOperationAwarded) == 2
    assert entrusted(road) == {
        street: hub.who.organisation_id for street, hub in zip(wanted[:2], road.hubs[:2], strict=True) if hub.who
    }
    rows = road.cast.bureau("registry.list_entrustments")["items"]
    assert {(row["round_id"], row["goals"]) for row in rows} == {(road.round_id, title) for title in titles[:2]}
    for project_id, hub in projects:
        deliver(road, project_id, hub)
    road.on_round("evaluate_round")
    assert road.on_round("archive_round")["status"] == "archived"
    assert statuses(road)[-3:] == ["executing", "evaluating", "archived"]


def test_a_street_that_is_entrusted_already_is_refused_and_staff_are_told() -> None:
    road = Streets()
    hub, other = road.hubs[0], road.hubs[2]
    first = StreetOperationAwarded(
        award_id="awd_" + "0" * 26,
        proposal_id="prp_" + "0" * 26,
        round_id="rnd_" + "0" * 26,
        organisation_id=(hub.who.organisation_id if hub.who else None) or "",
        title="珠海街道运营",
        street_code=kit.ZHUHAI,
        from_on="2027-01-01",
        until_on="2027-12-31",
    )
    for number, asker in enumerate((hub, other)):
        fields = {name: getattr(first, name) for name in first.__struct_fields__}
        fields["award_id"] = f"awd_{number}" + "0" * 25
        fields["organisation_id"] = (asker.who.organisation_id if asker.who else None) or ""
        hear_registry(road.host, StreetOperationAwarded(**fields))
    assert entrusted(road) == {kit.ZHUHAI: hub.who.organisation_id if hub.who else ""}
    with road.host.executors["registry"].sessions() as session:
        told = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "entrustment_refused")).one()
        assert (told.payload["code"], told.payload["street_code"]) == ("entrustment_overlaps", kit.ZHUHAI)


def hear_registry(host: InProcessHost, event: StreetOperationAwarded) -> None:
    """The same news, delivered twice."""
    kind = type_of(type(event))
    payload = {name: getattr(event, name) for name in event.__struct_fields__}
    envelope = Envelope(
        id=ids.new_id("evt"),
        name=kind.name,
        source=kind.owner,
        subject=event.award_id,
        subject_version=1,
        district_code=kit.DISTRICT,
        occurred_at=clock.system_now(),
        payload=payload,
    )
    for _ in range(2):
        host.executors["registry"].handle(envelope)
