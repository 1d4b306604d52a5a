"""A round whose money is there and whose awards are offered: what the tests of money begin with."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from chassis import clock, ids
from services.projects.awards import actions as awards
from services.projects.awards import ledger
from services.projects.proposals.models import Proposal
from services.projects.rounds.models import PoolLine, Round
from tests import kit
from tests.service.projects.round_road import Road

PLAN = {
    "starts_on": "2026-03-01",
    "ends_on": "2026-12-31",
    "milestones": [
        {"title": "中期", "due_on": "2026-06-01", "tranche_number": 2},
        {"title": "终期", "due_on": "2026-10-01", "tranche_number": 3},
    ],
}
HEAD = "支付编号,结果,金额（元）,银行流水号,原因\n"


def on(person: Road | kit.Caller, operation: str, **given: Any) -> Any:
    caller = person.bureau if isinstance(person, Road) else person
    return caller(f"projects.{operation}", **given)


class Purse:
    """``lines``: what each funder pledged, in fen; ``awards``: what each organisation is offered."""

    def __init__(self, *, lines: tuple[int, ...] = (700_001, 299_999), awards: tuple[int, ...] = (600_000,)) -> None:
        self.road = Road()
        self.host = self.road.host
        self.bureau, self.staff = self.road.bureau, self.road.staff
        self.second = kit.Caller(self.host, kit.actor("bureau"))
        self.third = kit.Caller(self.host, kit.actor("bureau"))
        self.round_id = ""
        self.award_ids: list[str] = []
        with self.host.executors["projects"].system_session("scenery", kit.DISTRICT) as session:
            session.info["scenery"] = True  # no command of the product wrote these rows
            of = self._round(sum(lines))
            session.add(of)
            session.flush()
            self.round_id, now = of.id, clock.system_now()
            for amount in lines:
                line = PoolLine(
                    district_code=kit.DISTRICT,
                    street_code=kit.ZHUHAI,
                    round_id=of.id,
                    offer_id=ids.new_id("ofr"),
                    funder_organisation_id=self.road.funders[0],
                    amount_fen=amount,
                    status="reserved",
                    created_at=now,
                )
                session.add(line)
                session.flush()
                ledger.pledge(session, of, line, now=now)
        self.proposal_ids = [self.propose(amount) for amount in awards]
        for proposal_id in self.proposal_ids:
            self.offer(proposal_id)

    def _round(self, total: int) -> Round:
        now = clock.system_now()
        return Round(
            district_code=kit.DISTRICT,
            street_code=kit.ZHUHAI,
            name="微创投（演示）",
            scale="micro",
            fields=["elder_care"],
            description="",
            status="awarded",
            budget_fen=total,
            pool_fen=total,
            cap_fen=total,
            eligibility={"exclude_breach": True},
            rubric=[],
            judges_per_proposal=3,
            allocation={},
            notice_days=7,
            tranche_plan=[50, 30, 20],
            defence={},
            has_roadshow=False,
            has_vote=False,
            approvals_limit=3,
            opens_at=now,
            closes_at=now + timedelta(days=1),
            rules_hash="0" * 64,
            amendments=[],
            created_at=now,
        )

    def propose(self, amount_fen: int) -> str:
        """A winner on notice, of an organisation of its own."""
        organisation_id = self.road.organisation(hub_id=self.road.hub)
        with self.host.executors["projects"].system_session("scenery", kit.DISTRICT) as session:
            session.info["scenery"] = True
            row = Proposal(
                district_code=kit.DISTRICT,
                street_code=kit.ZHUHAI,
                round_id=self.round_id,
                organisation_id=organisation_id,
                title="牵手夕阳（演示）",
                field="elder_care",
                status="notice",
                amount_fen=amount_fen,
                plan=PLAN,
                budget=[
                    {"line": "物资", "amount_fen": amount_fen - amount_fen // 3},
                    {"line": "场地", "amount_fen": amount_fen // 3},
                ],
                plan_number=1,
                flags=[],
                created_at=clock.system_now(),
            )
            session.add(row)
            session.flush()
            return row.id

    def offer(self, proposal_id: str, *, hold: bool = True) -> str:
        """The award is made; ``hold`` keeps the round's lock, as the product does."""
        with self.host.executors["projects"].system_session("scenery", kit.DISTRICT) as session:
            session.info["scenery"] = True
            of = session.get_one(Round, self.round_id, with_for_update=hold)
            award = awards.make_award(
                session, of, session.get_one(Proposal, proposal_id), now=clock.now(session, kit.DISTRICT)
            )
            self.award_ids.append(award.id)
            return award.id

    # steps --------------------------------------------------------------------------------------------------------

    def award(self, number: int = 0) -> dict[str, Any]:
        found: dict[str, Any] = self.bureau("projects.get_award", award_id=self.award_ids[number])
        return found

    def author(self, number: int = 0) -> kit.Caller:
        return self.road.author(self.award(number)["organisation_id"])

    def sign(self, number: int = 0) -> dict[str, Any]:
        """Both sides; the first tranche is released."""
        award_id = self.award_ids[number]
        self.bureau("projects.sign_agreement", award_id=award_id)
        signed: dict[str, Any] = self.author(number)("projects.sign_agreement", award_id=award_id)
        return signed

    def tranche(self, number: int = 0, tranche: int = 1) -> dict[str, Any]:
        found: dict[str, Any] = self.award(number)["tranches"][tranche - 1]
        return found

    def pay(self, number: int = 0, tranche: int = 1, reference: str | None = None) -> dict[str, Any]:
        found = self.tranche(number, tranche)
        reference = reference or f"B-{found['tranche_id'][-8:]}"
        paid: dict[str, Any] = self.bureau(
            "projects.pay_tranche", tranche_id=found["tranche_id"], bank_reference=reference
        )
        return paid

    def terminate(self, number: int = 0, *, recover: str, **more: Any) -> dict[str, Any]:
        project_id = self.award(number)["project_id"]
        given = {"reason": "组织解散（演示）", "recovery_plan": "分期退回（演示）", "recover": recover, **more}
        ended: dict[str, Any] = self.bureau("projects.terminate_project", project_id=project_id, **given)
        return ended

    def payee(self, number: int = 0) -> dict[str, Any]:
        """Written down by the organisation, verified by staff."""
        made = self.author(number)(
            "projects.register_payee",
            organisation_id=self.award(number)["organisation_id"],
            holder="某组织（演示）",
            account_number=f"6222 0202 0011 22{number:02d}",
            bank="某银行（演示）",
        )
        verified: dict[str, Any] = self.bureau("projects.verify_payee", payee_id=made["payee_id"])
        return verified

    def batch(self, *numbers: int, export: bool = True) -> dict[str, Any]:
        """A batch of first tranches, exported."""
        tranche_ids = [self.tranche(number)["tranche_id"] for number in numbers]
        batch: dict[str, Any] = self.bureau("projects.draft_payment_batch", tranche_ids=tranche_ids)
        self.second("projects.approve_payment_batch", batch_id=batch["batch_id"])
        if export:
            self.bureau("projects.export_payment_batch", batch_id=batch["batch_id"], reason="拨付（演示）")
        return batch

    def payments(self, batch: dict[str, Any]) -> list[dict[str, Any]]:
        """In the order of the file."""
        rows: list[dict[str, Any]] = self.bureau("projects.list_payments", batch_id=batch["batch_id"])["items"]
        return sorted(rows, key=lambda row: row["number"])

    def answer(self, batch: dict[str, Any], *lines: str, mode: str = "apply") -> dict[str, Any]:
        content = base64.b64encode((HEAD + "".join(f"{line}\n" for line in lines)).encode()).decode()
        report: dict[str, Any] = self.bureau(
            "projects.import_payment_answer", batch_id=batch["batch_id"], content=content, mode=mode
        )
        return report

    def books(self) -> dict[str, Any]:
        """The trial balance; every test may ask whether it holds."""
        found: dict[str, Any] = self.bureau("projects.get_trial_balance", round_id=self.round_id)
        return found

    def balance(self, kind: str) -> str:
        """Of all accounts of a kind, in yuan."""
        fen = sum(_fen(row["kept"]) for row in self.books()["accounts"] if row["account"].startswith(f"{kind}:"))
        return f"{fen // 100}.{fen % 100:02d}"

    def sql(self, statement: str, **given: Any) -> Any:
        with self.host.executors["projects"].sessions.begin() as session:
            result = session.execute(text(statement), given)
            return result.all() if result.returns_rows else None


def _fen(amount: str) -> int:
    whole, _, part = amount.lstrip("-").partition(".")
    return (-1 if amount.startswith("-") else 1) * (int(whole) * 100 + int(part))
