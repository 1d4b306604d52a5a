"""Random walks: whatever is asked in whatever order, rounds and proposals only go where their tables lead."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import select

from chassis.errors import FootprintError
from chassis.tables import OutboxEvent
from services.projects import fingerprint
from services.projects.proposals import domain as proposals
from services.projects.proposals.models import Proposal, ProposalVersion
from services.projects.rounds import actions
from services.projects.rounds import domain as rounds
from services.projects.rounds.models import Round
from tests.service.projects.round_road import Road
from tests.service.projects.test_every_step import PROPOSAL_STEPS, ROUND_STEPS

STEPS = 80
LIKELY = ("publish", "start_screening", "close", "open", "amend", "change", "start_review")


class Walk:
    """A round with its drafts, and somebody who asks for anything at any time."""

    def __init__(self, road: Road, seed: int) -> None:
        self.road, self.dice = road, random.Random(seed)
        road.create()
        road.fund(60_000, 40_000)
        self.refused: Counter[str] = Counter()
        self.done: Counter[str] = Counter()
        road.on_round("publish_round")
        road.advance(hours=self.dice.randint(1, 48))
        for _ in range(6):
            self.draft()

    def step(self) -> None:
        """One request; every refusal is one that was foreseen."""
        kind = self.dice.choices(("round", "proposal", "draft", "write", "clock"), (3, 5, 2, 3, 2))[0]
        try:
            getattr(self, kind)()
        except FootprintError as error:
            self.refused["internal" if error.kind == "internal" else error.code] += 1
        else:
            self.done[kind] += 1

    def round(self) -> None:
        action = self.dice.choice([*ROUND_STEPS, *LIKELY] if self.dice.random() < 0.97 else ["cancel"])
        if action == "cancel" and self.dice.random() < 0.9:
            return
        operation, given = ROUND_STEPS[action]
        if action == "amend":
            given = {**given, "notice_days": self.dice.randint(1, 30)}
        self.road.on_round(operation, **given)

    def draft(self) -> None:
        number = len(self.road.proposals)
        organisation = self.dice.choice(self.road.organisations)
        self.road.draft(f"方案第{number}号", organisation, field="elder_care", yuan=1_000 + number)

    def proposal(self) -> None:
        action = self.dice.choice([*PROPOSAL_STEPS, "submit", "submit", "screen_in"])
        operation, given = PROPOSAL_STEPS[action]
        row = self.any_proposal()
        who = self.road.author(row.organisation_id) if action in {"submit", "withdraw"} else self.road.staff
        who(f"projects.{operation}", proposal_id=row.id, **given)

    def write(self) -> None:
        row = self.any_proposal()
        read = self.dice.choice([None, row.version, row.version - 1])
        self.road.author(row.organisation_id)(
            "projects.change_proposal",
            proposal_id=row.id,
            plan={"risks": f"预案 {self.dice.random()}"},
            **({"expected_version": max(read, 0)} if read is not None else {}),
        )

    def clock(self) -> None:
        self.road.advance(hours=self.dice.randint(1, 40))

    def any_proposal(self) -> Proposal:
        with self.road.host.executors["projects"].sessions() as session:
            return session.get_one(Proposal, self.dice.choice(list(self.road.proposals.values())))

    def rows(self) -> tuple[Round, list[Proposal]]:
        with self.road.host.executors["projects"].sessions() as session:
            row = session.get_one(Round, self.road.round_id)
            if row.rules_hash and row.status != "cancelled":
                assert fingerprint.of(actions.rules_of(row)) == row.rules_hash
            return row, list(session.scalars(select(Proposal)))


def reachable(table: dict[tuple[str, str], str], start: str) -> set[str]:
    found = {start}
    while True:
        more = {after for (before, _), after in table.items() if before in found} - found
        if not more:
            return found
        found |= more


@pytest.mark.parametrize("seed", range(3))
def test_nothing_leaves_its_table_whatever_is_asked(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
    walk = Walk(Road(), seed)
    before: dict[str, Any] = {}
    for _ in range(STEPS):
        walk.step()
        row, found = walk.rows()
        assert row.status in reachable(rounds.TRANSITIONS, before.get("round", "published"))
        for proposal in found:
            assert proposal.status in reachable(proposals.TRANSITIONS, before.get(proposal.id, "draft"))
            submitted = proposal.status not in {"draft", "withdrawn"}
            assert proposal.submitted_at is not None or not submitted
            assert proposal.submitted_at is None or proposal.submitted_at < row.closes_at
        counted = Counter(item.organisation_id for item in found if item.status in proposals.STATUSES_COUNTED)
        assert all(count <= row.eligibility["max_proposals"] for count in counted.values())
        before = {"round": row.status, **{item.id: item.status for item in found}}
    check_history(walk)
    assert walk.refused["internal"] == 0
    assert sum(walk.done.values()) > STEPS // 5
    assert sum(walk.refused.values()) > STEPS // 10


def check_history(walk: Walk) -> None:
    """Versions are gapless, and every submission that was told is one that happened."""
    with walk.road.host.executors["projects"].sessions() as session:
        numbers: dict[str, list[int]] = {}
        for version in session.scalars(select(ProposalVersion).order_by(ProposalVersion.number)):
            numbers.setdefault(version.proposal_id, []).append(version.number)
        for proposal in session.scalars(select(Proposal)):
            assert numbers[proposal.id] == list(range(1, proposal.plan_number + 1))
        told = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "proposal_submitted")).all()
        first = {event.subject for event in told if not event.payload["resubmitted"]}
        assert first == {row.id for row in session.scalars(select(Proposal)) if row.submitted_at is not None}
