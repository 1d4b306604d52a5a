"""A proposal as a document: the facts of its newest version, for whoever may read the proposal."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.runtime.offload import offload
from services.projects.known.models import KnownOrganisation
from services.projects.proposals import paper, queries, queries_work
from services.projects.proposals.actions import text_hash
from services.projects.proposals.models import Proposal
from services.projects.proposals.planning import ATTACHMENTS, text_of, yuan
from services.projects.rounds import plan_rules

_WRITERS = {"pdf": paper.pdf, "xlsx": paper.xlsx}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def get_proposal_document(session: Session, *, actor: Actor, proposal_id: str, format: str) -> dict[str, str]:  # noqa: A002  the word of the address
    """The file inside the reply; attachments are listed for those who work on the proposal."""
    row = queries.find_proposal(session, proposal_id, actor)
    content = offload(_WRITERS[format], facts_of(session, row, actor))  # a long plan takes a second of typesetting
    return {
        "file_name": f"{row.id}-v{row.plan_number}.{format}",
        "media_type": MEDIA_TYPES[format],
        "content": base64.b64encode(content).decode(),
    }


def facts_of(session: Session, row: Proposal, actor: Actor) -> dict[str, Any]:
    """Everything that is printed, as text."""
    organisation = session.get(KnownOrganisation, row.organisation_id)
    rules = plan_rules.completed(row.round.plan_rules)
    categories = {each["key"]: each["name_zh"] for each in rules["budget"]["categories"]}
    return {
        "title": row.title,
        "organisation": organisation.name if organisation else row.organisation_id,
        "head": _head(row, organisation),
        "sections": [
            (f"{section['name_zh']} {section['name_en']}", text_of(row.plan, section["key"]))
            for section in rules["sections"]
        ],
        "milestones": [
            (item["due_on"], item["title"], item.get("tranche_number") or "")
            for item in row.plan.get("milestones") or []
        ],
        "budget": [
            *(_line(line, categories) for line in row.budget),
            ("合计 Total", "", "", "", yuan(row.amount_fen), ""),
        ],
        "attachments": _attachments(session, row, actor),
        "commitment": f"第 {row.plan_number} 版 version {row.plan_number} · SHA-256 {text_hash(row)}",
    }


def _head(row: Proposal, organisation: KnownOrganisation | None) -> list[tuple[str, str]]:
    plan = row.plan
    return [
        ("申报组织 Organisation", organisation.name if organisation else row.organisation_id),
        ("轮次 Round", row.round.name),
        ("领域 Field", row.field),
        ("申请金额 Amount", f"{yuan(row.amount_fen)} 元 yuan"),
        ("项目期 Dates", f"{plan.get('starts_on') or '—'} 至 {plan.get('ends_on') or '—'}"),
        ("受益人数 Beneficiaries", str(plan.get("beneficiary_count") or "—")),
    ]


def _line(line: dict[str, Any], categories: dict[str, str]) -> tuple[object, ...]:
    price = line.get("unit_price_fen")
    category = line.get("category") or ""
    return (
        line["line"],
        categories.get(category, category),
        line.get("quantity") or "",
        "" if price is None else yuan(price),
        yuan(line["amount_fen"]),
        line.get("basis") or "",
    )


def _attachments(session: Session, row: Proposal, actor: Actor) -> list[tuple[object, ...]]:
    works_on = session.scalar(queries.inside(actor).with_only_columns(Proposal.id).where(Proposal.id == row.id))
    found = queries_work.attached_to(session, row.id) if works_on else []
    return [(ATTACHMENTS[each.kind], each.title, each.sha256) for each in found]
