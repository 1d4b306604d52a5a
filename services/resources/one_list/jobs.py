"""A street's list as a file, in the job process."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, context, db, files, jobs, outbox
from chassis.actor import Actor, system_actor
from chassis.errors import InvalidError
from chassis.runtime.jobrunner import JobRun
from contracts.resources.codes_one_list import OneListCode
from contracts.resources.events_one_list import OneListExported
from contracts.resources.one_list_versions import MEDIA_TYPES
from services.resources.one_list import domain, paper, versions
from services.resources.one_list.models import ListEntry, ListVersion, ListVersionItem

JOB = "export_one_list"
KINDS = {"service": "服务", "organisation": "组织", "talent": "人才", "volunteer": "志愿者"}
HEADINGS = (
    ("类别 Kind", 8),
    ("名称 Name", 22),
    ("内容 Content", 30),
    ("领域 Fields", 14),
    ("社区／网格 Place code", 14),
    ("地点 Place", 20),
    ("开放时间 Hours", 18),
)
DAYS = "一二三四五六日"


def ask(session: Session, *, actor: Actor, street_code: str, form: str, list_version_id: str | None) -> dict[str, Any]:
    """Queue it, for a street of the actor's and, where one is named, a version of that street."""
    db.check_street(actor, street_code)
    if list_version_id is not None:
        version = versions.find_version(session, list_version_id, actor)
        if version.street_code != street_code:
            raise InvalidError(OneListCode.VERSIONS_OF_TWO_STREETS)
    job = jobs.enqueue(
        session,
        JOB,
        street_code=street_code,
        list_street=street_code,
        form=form,
        list_version_id=list_version_id,
        account_id=actor.account_id,
        role=actor.role,
    )
    return {"job_id": job["job_id"], "status": job["status"]}


def export_one_list(
    run: JobRun, *, list_street: str, form: str, list_version_id: str | None, account_id: str | None, role: str
) -> dict[str, Any]:
    """``{rows, file}``; the file is in the store, for whoever asked."""
    actor = replace(system_actor(JOB, run.district_code), account_id=account_id, role=role, street_codes=(list_street,))
    with run.transaction() as session:
        facts, about = _read(session, actor, list_street, list_version_id)
    sheet = paper.Sheet(
        title=f"一张清单 One list · {list_street}",
        about=about,
        headings=HEADINGS,
        rows=[_line(one) for one in facts],
        foot="本清单不含个人信息；人员以类别和所在网格列出。No personal data: people stand as a kind and a place.",
    )
    content = paper.pdf(sheet) if form == "pdf" else paper.xlsx(sheet)
    store = files.open_store()
    kept = files.write(store, content, district=run.district_code, media_type=MEDIA_TYPES[form], owner=account_id)
    with run.transaction() as session:
        context.bind(session, replace(context.of(session), actor=actor))
        told: dict[str, Any] = {
            "street_code": list_street,
            "list_version_id": list_version_id,
            "form": form,
            "rows": len(facts),
        }
        fact = OneListExported(
            job_id=run.job_id, account_id=account_id, file_sha256=kept["sha256"], street_codes=[list_street], **told
        )
        outbox.record(session, fact)
    return {"rows": len(facts), "file": kept}


def _read(
    session: Session, actor: Actor, street_code: str, list_version_id: str | None
) -> tuple[Sequence[Mapping[str, Any]], list[tuple[str, str]]]:
    """Facts by kind and title, and the lines above them."""
    if list_version_id is None:
        columns = [getattr(ListEntry, name) for name in domain.FROZEN]
        listed = select(*columns).where(
            ListEntry.district_code == actor.district_code,
            ListEntry.street_code == street_code,
            ListEntry.status.in_(domain.ON_THE_LIST),
        )
        today = clock.today(session, actor.district_code).isoformat()
        rows = [dict(row) for row in session.execute(listed).mappings()]
        return _sorted(rows), [("街道 Street", street_code), ("日期 Date", today), ("条目 Entries", str(len(rows)))]
    version: ListVersion = versions.find_version(session, list_version_id, actor)
    items = session.scalars(select(ListVersionItem.facts).where(ListVersionItem.list_version_id == version.id))
    about = [
        ("街道 Street", street_code),
        ("版本 Version", f"{version.number}（{clock.day_of(version.published_at).isoformat()}）"),
        ("条目 Entries", str(version.entries)),
        ("摘要 SHA-256", version.digest),
    ]
    return _sorted(list(items)), about


def _sorted(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    order = list(KINDS)
    return sorted(rows, key=lambda row: (order.index(row["kind"]), row["title"], row["cell_code"] or "", str(row)))


def _line(facts: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        KINDS[facts["kind"]],
        facts["title"] or "（个人，不显示姓名）",
        "\n".join(part for part in (facts["category"] or "", facts["summary"]) if part),
        "、".join(facts["fields_of_work"]),
        facts["cell_code"] or facts["community_code"] or "",
        facts["place"],
        "\n".join(map(_hours, facts["opening_hours"])),
    )


def _hours(one: Mapping[str, Any]) -> str:
    return f"周{''.join(DAYS[day - 1] for day in sorted(one['days']))} {one['opens']}–{one['closes']}"
