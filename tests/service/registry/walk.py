"""A random walk of incubation cases through the real commands on PostgreSQL, and what must hold after every step."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import ids
from chassis.errors import ConflictError, InvalidError, NotFoundError
from services.registry.cases import domain
from services.registry.cases.models import CaseObjection, IncubationCase
from services.registry.teams.models import TeamAssignment
from tests.kit import ZHUHAI, Caller, actor
from tests.service.registry.cast import DOCUMENTS, SCORES, Cast

CAPACITY = 2
ROLES = ("specialist", "steward")
SERVED = ("agreed", "incubating", "suspended", "exit_review", "extended")
ACTIONS = {
    "begin_case_screening": {},
    "pass_case_screening": {},
    "request_case_info": {"reason": "请补充"},
    "decide_case_review": {},
    "reject_case": {"reason": "不符合"},
    "sign_case_agreement": {},
    "begin_case_incubation": {},
    "suspend_case": {"reason": "暂停"},
    "resume_case": {"reason": "恢复"},
    "graduate_case": {"reason": "达标"},
    "extend_case": {"reason": "再给一年", "months": 12},
    "withdraw_case": {"reason": "退出"},
    "expel_case": {"reason": "清退"},
}
PICK = st.integers(0, 3)


class CaseWalk(RuleBasedStateMachine):
    """Two organisations, four cases at most, two places in the base, two people for each role."""

    def __init__(self, cast: Cast, note: Callable[[str], None] = lambda _: None) -> None:
        super().__init__()
        self.cast, self.note = cast, note
        self.cases: list[str] = []
        self.owner: dict[str, dict[str, Any]] = {}

    @initialize()
    def open_the_base(self) -> None:
        """Whatever earlier walks left behind keeps its place; this one gets two more."""
        run = ids.new_id("org")[-10:]
        self.organisations = [self.cast.organisation(f"组织{name}{run}（演示）") for name in "甲乙丙"]
        self.people = {
            role: [self.cast.account(role, f"{role}-{number}-{run}")["account_id"] for number in (1, 2)]
            for role in ROLES
        }
        with self.session() as session:
            self.capacity = len(self.in_base(session)) + CAPACITY
        self.cast.bureau("registry.set_policy", key="case_base_capacity", value=self.capacity)
        self.cast.bureau("registry.set_policy", key="case_exit_assessed", value=0)
        for pick, mode in enumerate(("onsite", "onsite", "offsite")):
            self.draft(pick, mode, True)
        self.admit(0)
        self.admit(1)
        self.wait(8)
        self.incubate(1)
        self.admit(2)  # one notice has run its time, one is fresh, one case incubates

    def session(self) -> Session:
        return self.cast.host.executors["registry"].sessions()

    def in_base(self, session: Session) -> list[IncubationCase]:
        rows = session.scalars(select(IncubationCase).where(IncubationCase.mode == "onsite"))
        return [
            row
            for row in rows
            if row.status in domain.IN_BASE or (row.status == "more_info" and row.asked_from == "public_notice")
        ]

    def try_(self, who: Caller, operation: str, **asked: Any) -> Any:
        """What the rules refuse is refused in words; anything else is a defect and raises."""
        try:
            reply = who(f"registry.{operation}", **asked)
        except (ConflictError, InvalidError, NotFoundError):
            return None
        self.note(operation)
        return reply

    def case(self, pick: int) -> str:
        return self.cases[pick % len(self.cases)]

    @rule(pick=PICK, mode=st.sampled_from(["onsite", "offsite"]), documents=st.booleans())
    @precondition(lambda self: len(self.cases) < 6)
    def draft(self, pick: int, mode: str, documents: bool) -> None:
        organisation = self.organisations[pick % len(self.organisations)]
        asked = {"organisation_id": organisation["organisation_id"], "mode": mode}
        made = self.try_(self.cast.cso(organisation), "draft_case", **asked, documents=DOCUMENTS if documents else [])
        self.cases.append(made["case_id"])
        self.owner[made["case_id"]] = organisation

    @rule(pick=PICK)
    @precondition(lambda self: self.cases)
    def submit(self, pick: int) -> None:
        case_id = self.case(pick)
        self.try_(self.cast.cso(self.owner[case_id]), "submit_case", case_id=case_id)

    @rule(pick=PICK)
    @precondition(lambda self: self.cases)
    def supply(self, pick: int) -> None:
        case_id = self.case(pick)
        self.try_(self.cast.cso(self.owner[case_id]), "supply_case_info", case_id=case_id, note="已补充")

    @rule(pick=PICK, name=st.sampled_from(sorted(ACTIONS)))
    @precondition(lambda self: self.cases)
    def act(self, pick: int, name: str) -> None:
        self.try_(self.cast.specialist, name, case_id=self.case(pick), **ACTIONS[name])

    @rule(pick=PICK, choices=st.lists(st.sampled_from(["approve", "approve", "reject", "recuse"]), max_size=4))
    @precondition(lambda self: self.cases)
    def vote(self, pick: int, choices: list[str]) -> None:
        for choice in choices:
            reviewer = Caller(self.cast.host, actor("specialist"))
            self.try_(reviewer, "vote_on_case", case_id=self.case(pick), choice=choice)

    @rule(pick=PICK)
    @precondition(lambda self: self.cases)
    def admit(self, pick: int) -> None:
        """The straight road to the public notice, so that walks come far."""
        case_id = self.case(pick)
        self.submit(pick)
        for name in ("begin_case_screening", "pass_case_screening"):
            self.try_(self.cast.specialist, name, case_id=case_id)
        self.vote(pick, ["approve"] * 3)
        self.try_(self.cast.specialist, "decide_case_review", case_id=case_id)

    @rule(pick=PICK)
    @precondition(lambda self: self.cases)
    def incubate(self, pick: int) -> None:
        """The straight road from the notice to incubation."""
        case_id = self.case(pick)
        for role in ROLES:
            self.assign(pick, role, pick)
        self.assess(pick)
        for name in ("sign_case_agreement", "begin_case_incubation"):
            self.try_(self.cast.specialist, name, case_id=case_id)

    @rule(pick=PICK)
    @precondition(lambda self: self.cases)
    def object(self, pick: int) -> None:
        resident = Caller(self.cast.host, actor("resident", streets=[ZHUHAI]))
        self.try_(resident, "object_to_case", case_id=self.case(pick), text="不属实")

    @rule(pick=PICK, outcome=st.sampled_from(["upheld", "rejected"]))
    @precondition(lambda self: self.cases)
    def resolve(self, pick: int, outcome: str) -> None:
        case_id = self.case(pick)
        for found in self.cast.bureau("registry.get_case", case_id=case_id)["objections"]:
            asked = {"objection_id": found["objection_id"], "outcome": outcome, "reason": "已核实"}
            self.try_(self.cast.bureau, "resolve_case_objection", case_id=case_id, **asked)

    @rule(pick=PICK)
    @precondition(lambda self: self.cases)
    def assess(self, pick: int) -> None:
        self.try_(self.cast.specialist, "assess_case_capacity", case_id=self.case(pick), scores=SCORES)

    @rule(pick=PICK, sought=st.sampled_from(sorted(domain.SOUGHT)))
    @precondition(lambda self: self.cases)
    def seek_exit(self, pick: int, sought: str) -> None:
        asked = {"case_id": self.case(pick), "sought": sought, "reason": "申请"}
        self.try_(self.cast.specialist, "request_case_exit", **asked)

    @rule(pick=PICK, role=st.sampled_from(ROLES), who=PICK)
    @precondition(lambda self: self.cases)
    def assign(self, pick: int, role: str, who: int) -> None:
        self.staff("assign_team_member", pick, role, who)

    @rule(pick=PICK, role=st.sampled_from(ROLES), who=PICK)
    @precondition(lambda self: self.cases)
    def hand_over(self, pick: int, role: str, who: int) -> None:
        self.staff("hand_over_team_role", pick, role, who, reason="调岗")

    @rule(pick=PICK, role=st.sampled_from(ROLES), who=PICK, hours=st.integers(-2, 400))
    @precondition(lambda self: self.cases)
    def plan_hand_over(self, pick: int, role: str, who: int, hours: int) -> None:
        at = (self.now() + timedelta(hours=hours)).isoformat()
        self.staff("plan_team_hand_over", pick, role, who, reason="轮岗", effective_at=at)

    @rule(pick=PICK)
    @precondition(lambda self: self.cases)
    def undo_hand_over(self, pick: int) -> None:
        case_id = self.case(pick)
        for plan in self.cast.specialist("registry.get_service_team", case_id=case_id)["hand_overs"]:
            asked = {"hand_over_id": plan["hand_over_id"], "reason": "取消"}
            self.try_(self.cast.specialist, "undo_team_hand_over", case_id=case_id, **asked)

    def staff(self, operation: str, pick: int, role: str, who: int, **more: Any) -> None:
        account = self.people[role][who % 2]
        self.try_(self.cast.specialist, operation, case_id=self.case(pick), role=role, account_id=account, **more)

    @rule(days=st.sampled_from([0.2, 1, 3, 8, 8, 30]))
    def wait(self, days: float) -> None:
        self.cast.admin("registry.advance_clock", seconds=int(days * 86_400))
        self.cast.host.settle()

    def now(self) -> datetime:
        return datetime.fromisoformat(self.cast.admin("registry.get_clock")["now"])

    @invariant()
    def the_base_is_never_overfull(self) -> None:
        if hasattr(self, "capacity"):
            with self.session() as session:
                assert len(self.in_base(session)) <= self.capacity

    @invariant()
    def an_organisation_has_one_open_case_at_most(self) -> None:
        with self.session() as session:
            rows = session.scalars(select(IncubationCase).where(IncubationCase.status.in_(domain.OPEN)))
            open_ = [row.organisation_id for row in rows]
        assert len(open_) == len(set(open_))

    @invariant()
    def nothing_is_agreed_over_an_open_objection(self) -> None:
        with self.session() as session:
            rows = session.scalars(
                select(CaseObjection)
                .join(IncubationCase, IncubationCase.id == CaseObjection.case_id)
                .where(IncubationCase.agreed_on.is_not(None), CaseObjection.status == "open")
            )
            assert list(rows) == []

    @invariant()
    def whoever_serves_serves_without_gap_or_overlap(self) -> None:
        with self.session() as session:
            for case_id in self.cases:
                case = session.get_one(IncubationCase, case_id)
                for role in ROLES:
                    check_service(session, case, role)


def check_service(session: Session, case: IncubationCase, role: str) -> None:
    """The intervals of one role join without a gap; while the case is served, the last one is still open."""
    rows = list(
        session.scalars(
            select(TeamAssignment)
            .filter_by(case_id=case.id, role=role)
            .order_by(TeamAssignment.valid_from, TeamAssignment.id)
        )
    )
    for earlier, later in itertools.pairwise(rows):
        assert earlier.valid_until == later.valid_from
        assert earlier.account_id != later.account_id
    serving = [row for row in rows if row.valid_until is None]
    if case.status in SERVED:
        assert len(serving) == 1, (case.status, role, len(serving))
        assert serving[0] is rows[-1]
    if case.closed_at is not None:
        assert serving == []
        assert not rows or rows[-1].valid_until == case.closed_at
