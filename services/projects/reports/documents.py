"""A periodic report as a document: its newest version beside the platform's figures."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError
from chassis.runtime.offload import offload
from contracts.projects.codes_reports import ReportsCode
from services.projects.delivery.models import Project
from services.projects.known.models import KnownOrganisation
from services.projects.proposals.documents import MEDIA_TYPES
from services.projects.proposals.planning import yuan
from services.projects.reports import paper, queries
from services.projects.reports.models import ReportSlot, ReportVersion

STATUS_TEXTS = {"submitted": "已提交 submitted", "returned": "已退回 returned", "accepted": "已通过 accepted"}


def get_report_document(session: Session, *, actor: Actor, report_slot_id: str, format: str) -> dict[str, str]:  # noqa: A002  the word of the address
    """The newest version; a report that was never handed in has no document."""
    slot = queries.find_slot(session, report_slot_id, actor)
    versions = queries.versions_of(session, slot.id)
    if not versions:
        raise ConflictError(ReportsCode.SLOT_STATE, status=slot.status, action="print")
    facts = facts_of(session, slot, versions[-1])
    return file_of(f"{slot.id}-v{versions[-1].number}", format, facts)


def file_of(name: str, kind: str, facts: dict[str, Any]) -> dict[str, str]:
    """The file inside the reply."""
    content = offload(paper.WRITERS[kind], facts)
    return {
        "file_name": f"{name}.{kind}",
        "media_type": MEDIA_TYPES[kind],
        "content": base64.b64encode(content).decode(),
    }


def facts_of(session: Session, slot: ReportSlot, version: ReportVersion) -> dict[str, Any]:
    """Everything that is printed, as text."""
    project = session.get_one(Project, slot.project_id)
    known = session.get(KnownOrganisation, project.organisation_id)
    organisation = known.name if known else project.organisation_id
    return {
        "title": f"{project.title} · 第 {slot.number} 期报告 report {slot.number}",
        "organisation": organisation,
        "head": [
            ("承接组织 Organisation", organisation),
            ("报告期 Period", f"{slot.period_from} 至 {slot.period_until}"),
            ("应交日期 Due", _due(slot)),
            ("版本 Version", f"{version.number} · {STATUS_TEXTS.get(slot.status, slot.status)}"),
        ],
        "sections": [
            ("开展情况 What happened", version.text),
            ("差异说明 Deviations", version.deviation or "—"),
            ("下期安排 Next period", version.next_period or "—"),
        ],
        "tables": [
            ("数据 Figures", ("指标 Figure", "填报 Reported", "平台记录 Recorded"), _counts(version)),
            ("支出（元） Spending", ("预算项 Line", "填报 Reported", "平台记录 Recorded"), _spending(version)),
            ("佐证 Evidence", ("SHA-256",), [(one["sha256"],) for one in version.evidence]),
        ],
    }


def _due(slot: ReportSlot) -> str:
    if slot.due_on == slot.original_due_on:
        return slot.due_on.isoformat()
    return f"{slot.due_on}（原定 originally {slot.original_due_on}）"


def _counts(version: ReportVersion) -> list[tuple[str, str, str]]:
    names = {
        "activity_count": "活动场次 Activities",
        "beneficiary_count": "受益人次 Beneficiaries",
        "service_minutes": "服务分钟 Minutes",
    }
    rows = []
    for key, name in names.items():
        kept = version.figures[key]
        rows.append((name, str(getattr(version, key)), "—" if kept is None else str(kept)))
    return rows


def _spending(version: ReportVersion) -> list[tuple[str, str, str]]:
    said = {row["line"]: row["amount_fen"] for row in version.spending}
    kept = {row["line"]: row["amount_fen"] for row in version.figures["spending"]}
    lines = [*said, *(line for line in kept if line not in said)]
    return [(line, yuan(said.get(line, 0)), yuan(kept.get(line, 0))) for line in lines]
