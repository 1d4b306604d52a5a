"""People and organisations the registry's tests share."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from chassis.runtime.inprocess import InProcessHost
from services.registry.organisations.credit_code import check_digit
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor

PASSWORD = "correct horse battery"
DAY = 86_400
DOCUMENTS = [{"kind": kind, "title": kind} for kind in ("application", "charter", "member_list")]
SCORES = {"governance": 50, "team": 40, "service": 60, "finance": 30, "resources": 20, "publicity": 10}
_RANDOM = random.Random(7)


def credit_code(kind: str = "52") -> str:
    """A well-formed code nobody holds."""
    body = kind + "370211" + "".join(_RANDOM.choice("0123456789ABCDEFGHJKLMNPQRTUWXY") for _ in range(9))
    return body + check_digit(body)


@dataclass
class Cast:
    """Callers of one host, and what they have made."""

    host: InProcessHost
    made: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.admin = Caller(self.host, actor("administrator"))
        self.bureau = Caller(self.host, actor("bureau"))
        self.specialist = Caller(self.host, actor("specialist"))
        self.street = Caller(self.host, actor("street_staff", streets=[ZHUHAI]))
        self.other_street = Caller(self.host, actor("street_staff", streets=[CHANGJIANG]))
        self.public = Caller(self.host)

    def hub(self, street: str = ZHUHAI) -> Caller:
        """A hub organisation of the street and somebody who acts for it."""
        view = self.bureau(
            "registry.register_organisation",
            name=f"枢纽 {street}（演示）",
            kind="hub",
            legal_tier="registered",
            uscc=credit_code(),
            street_code=street,
        )
        self.made["hub"] = view
        return Caller(self.host, actor("hub", streets=[street], organisation_id=view["organisation_id"]))

    def organisation(
        self, name: str = "夕阳红助老服务社（演示）", street: str = ZHUHAI, **facts: Any
    ) -> dict[str, Any]:
        """A filed community organisation."""
        view: dict[str, Any] = self.bureau(
            "registry.register_organisation",
            name=name,
            kind="cso",
            legal_tier="filed",
            filing_number=f"备 {name}",
            responsible_person="张三丰",
            street_code=street,
            fields=["elder_care"],
            **facts,
        )
        return view

    def cso(self, organisation: dict[str, Any]) -> Caller:
        """Somebody who acts for the organisation."""
        who = actor("cso", streets=[organisation["street_code"]], organisation_id=organisation["organisation_id"])
        return Caller(self.host, who)

    def account(self, role: str, login: str, **facts: Any) -> dict[str, Any]:
        """An account the administrator opens, and where it guards or audits somebody else confirms."""
        view: dict[str, Any] = self.admin(
            "registry.open_account",
            **{"role": role, "login": login, "password": PASSWORD, "name": "李四光", "must_change_password": False}
            | facts,
        )
        if view["status"] == "pending":
            view = self.bureau("registry.confirm_account", account_id=view["account_id"])
        return view

    def wait(self, days: int) -> None:
        """Months pass in seconds."""
        self.admin("registry.advance_clock", seconds=days * DAY)
        self.host.settle()

    def case_in_review(self, organisation: dict[str, Any]) -> dict[str, Any]:
        """An application that passed screening."""
        cso = self.cso(organisation)
        case: dict[str, Any] = cso(
            "registry.draft_case", organisation_id=organisation["organisation_id"], documents=DOCUMENTS
        )
        cso("registry.submit_case", case_id=case["case_id"])
        self.specialist("registry.begin_case_screening", case_id=case["case_id"])
        return self.specialist("registry.pass_case_screening", case_id=case["case_id"])  # type: ignore[no-any-return]

    def vote(self, case_id: str, *choices: str) -> None:
        """One reviewer each."""
        for choice in choices:
            reviewer = Caller(self.host, actor("specialist"))
            reviewer("registry.vote_on_case", case_id=case_id, choice=choice)

    def case_under_notice(self, organisation: dict[str, Any]) -> dict[str, Any]:
        """A case whose review passed."""
        case = self.case_in_review(organisation)
        self.vote(case["case_id"], "approve", "approve", "reject")
        return self.specialist("registry.decide_case_review", case_id=case["case_id"])  # type: ignore[no-any-return]

    def staff(self, case_id: str) -> dict[str, str]:
        """Specialist and steward, and the baseline."""
        people = {}
        for role in ("specialist", "steward"):
            account = self.account(role, f"{role}-{case_id[-8:]}")
            people[role] = account["account_id"]
            self.specialist("registry.assign_team_member", case_id=case_id, role=role, account_id=account["account_id"])
        self.specialist("registry.assess_case_capacity", case_id=case_id, scores=SCORES)
        return people

    def incubating_case(self, organisation: dict[str, Any]) -> dict[str, Any]:
        """All the way."""
        case = self.case_under_notice(organisation)
        self.staff(case["case_id"])
        self.wait(8)
        self.specialist("registry.sign_case_agreement", case_id=case["case_id"])
        return self.specialist("registry.begin_case_incubation", case_id=case["case_id"])  # type: ignore[no-any-return]
