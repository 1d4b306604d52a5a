"""A platform record as a file: the sums, and the newest records one by one."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.clock import SHANGHAI
from chassis.runtime.offload import offload
from services.projects.activities import queries as planned
from services.projects.activities.models import Activity
from services.projects.attendance import paper, queries, served
from services.projects.attendance.models import Attendance
from services.projects.known.models import KnownOrganisation

_WRITERS = {"pdf": paper.pdf, "xlsx": paper.xlsx}
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
ROWS = 2_000  # records of one file; the sums are over all of them
ORDER = "服务订单 service order"
PARTS = {"participant": "参与 participant", "volunteer": "志愿服务 volunteer"}


def get_platform_record_file(
    session: Session,
    *,
    actor: Actor,
    format: str,  # noqa: A002  the word of the address
    from_on: date | None = None,
    until_on: date | None = None,
) -> dict[str, str]:
    """One's own."""
    where = queries.own(actor, from_on, until_on)
    orders = served.own(actor, from_on, until_on)
    about = ("账号 Account", actor.account_id or "")
    return _file(session, actor, format, where, orders, about=about, from_on=from_on, until_on=until_on)


def get_organisation_record_file(
    session: Session,
    *,
    actor: Actor,
    organisation_id: str,
    format: str,  # noqa: A002  the word of the address
    from_on: date | None = None,
    until_on: date | None = None,
) -> dict[str, str]:
    """Of an organisation's activities; people are not named in it."""
    where = queries.of_organisation(session, actor, organisation_id, from_on, until_on)
    orders = served.of_organisation(actor, organisation_id, from_on, until_on)
    found = session.get(KnownOrganisation, organisation_id)
    about = ("组织 Organisation", found.name if found else organisation_id)
    return _file(session, actor, format, where, orders, about=about, from_on=from_on, until_on=until_on)


def _file(
    session: Session,
    actor: Actor,
    kind: str,
    where: Sequence[ColumnElement[bool]],
    orders: Sequence[ColumnElement[bool]],
    *,
    about: tuple[str, str],
    from_on: date | None,
    until_on: date | None,
) -> dict[str, str]:
    sums = queries.record_of(session, where, **served.sums(session, orders))
    step = planned.numbers_of(session, actor.district_code)["round_minutes"]
    rows, more = _rows(session, actor, where, orders)
    facts = {
        "title": queries.TITLE,
        "head": [about, ("期间 Period", f"{from_on or '…'} 至 {until_on or '…'}"), *_sums(sums)],
        "rows": rows,
        "notes": [*_notes(step), *([f"明细仅列最近 {ROWS} 条 · the newest {ROWS} records"] if more else [])],
    }
    content = offload(_WRITERS[kind], facts)
    name = f"platform-record.{kind}"
    return {"file_name": name, "media_type": MEDIA_TYPES[kind], "content": base64.b64encode(content).decode()}


def _sums(sums: dict[str, Any]) -> list[tuple[str, str]]:
    parts = sums["minutes_by_part"]
    return [
        ("活动场次 Activities", str(sums["activities"])),
        ("到场记录 Records", str(sums["records"])),
        ("人数 People", str(sums["people"])),
        ("合计分钟 Minutes", str(sums["minutes"])),
        ("其中志愿服务 As a volunteer", str(parts["volunteer"])),
        ("服务订单 Service orders", str(sums["orders"])),
        ("服务订单分钟 Minutes of orders", str(sums["order_minutes"])),
    ]


def _notes(step: int) -> list[str]:
    return [
        "同一人时间重叠的活动只计一次；起止不足一分钟的部分不计。"
        "Overlapping activities of one person count once; begun minutes at either end do not count.",
        "服务订单的分钟单列，不与活动相加。Minutes of orders stand beside those of activities and are not added.",
        f"每条记录按 {step} 分钟取整（舍去余数）。Each record is rounded down to {step} minutes.",
        "本件是平台记录，由记录组织负责解释。This is a record of the platform, kept by the recording organisation.",
    ]


def _rows(
    session: Session, actor: Actor, where: Sequence[ColumnElement[bool]], orders: Sequence[ColumnElement[bool]]
) -> tuple[list[tuple[Any, ...]], bool]:
    statement = (
        select(Attendance, Activity.title)
        .join(Activity, Activity.id == Attendance.activity_id)
        .where(*where)
        .order_by(Attendance.credited_from.desc(), Attendance.id)
        .limit(ROWS + 1)
    )
    found = session.execute(statement).all()
    rows: list[tuple[Any, ...]] = [
        (one.credited_from, title, PARTS[one.part], one.arrived_at, one.left_at, one.minutes) for one, title in found
    ]
    for one, name in served.newest(session, actor.district_code, orders, ROWS + 1):
        rows.append((one.delivered_at, name, ORDER, one.checked_in_at, one.delivered_at, one.minutes))
    rows.sort(key=lambda row: row[0], reverse=True)
    return [_line(*row) for row in rows[:ROWS]], len(rows) > ROWS


def _line(at: datetime, title: str, part: str, begin: datetime | None, end: datetime | None, minutes: int) -> Any:
    return _shanghai(at, "%Y-%m-%d"), title, part, _shanghai(begin, "%H:%M"), _shanghai(end, "%H:%M"), minutes


def _shanghai(at: datetime | None, form: str) -> str:
    return "—" if at is None else at.astimezone(SHANGHAI).strftime(form)
