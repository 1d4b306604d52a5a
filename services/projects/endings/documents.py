"""A settlement as a document (结算单)."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from services.projects.delivery.models import Project
from services.projects.endings import queries
from services.projects.endings.models import Termination
from services.projects.known.models import KnownOrganisation
from services.projects.proposals.planning import yuan
from services.projects.reports.documents import file_of

CAUSES = {
    "agreement": "协商一致 by agreement",
    "breach": "违约 breach",
    "force_majeure": "不可抗力 force majeure",
}

SUMS = (
    ("已拨付 Paid", "paid_fen"),
    ("已退回 Returned", "returned_fen"),
    ("已支出 Spent", "spent_fen"),
    ("认可支出 Allowed", "allowed_fen"),
    ("应退回 To give back", "recover_fen"),
    ("释放回资金池 Released to the pool", "released_fen"),
)


def get_settlement_document(session: Session, *, actor: Actor, termination_id: str, format: str) -> dict[str, str]:  # noqa: A002  the word of the address
    """As approved; before that a draft, and the document says so."""
    row = queries.find_termination(session, termination_id, actor)
    return file_of(f"{row.id}-settlement", format, facts_of(session, row))


def facts_of(session: Session, row: Termination) -> dict[str, Any]:
    """Everything that is printed, as text."""
    project = session.get_one(Project, row.project_id)
    known = session.get(KnownOrganisation, project.organisation_id)
    organisation = known.name if known else project.organisation_id
    settled = row.settlement or queries.settle(session, project, [])
    draft = "" if row.settlement else "（草稿 draft）"
    return {
        "title": f"{project.title} · 结算单 settlement{draft}",
        "organisation": organisation,
        "head": [
            ("承接组织 Organisation", organisation),
            ("终止事由 Cause", CAUSES[row.cause]),
            *((name, f"{yuan(settled[key])} 元 yuan") for name, key in SUMS),
        ],
        "sections": [
            ("说明 Reason", row.reason),
            ("另一方意见 Answer", row.statement or "—"),
            ("追缴安排 Recovery", project.recovery_plan or "—"),
        ],
        "tables": [
            (
                "各项支出（元） Lines",
                ("预算项 Line", "预算 Planned", "支出 Spent", "认可 Allowed"),
                [
                    (one["line"], yuan(one["planned_fen"]), yuan(one["spent_fen"]), yuan(one["allowed_fen"]))
                    for one in settled["lines"]
                ],
            ),
            (
                "不予认可 Not allowed",
                ("支出 Payment", "理由 Reason"),
                [(one["spending_id"], one["reason"]) for one in settled["disallowed"]],
            ),
        ],
    }
