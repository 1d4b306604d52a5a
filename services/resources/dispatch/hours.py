"""The platform record of service: minutes, and the file a person takes along. It is a record, and certifies nothing."""

from __future__ import annotations

import base64
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.resources.codes_talents import TalentCode
from contracts.resources.events_talents import ServiceHoursRecorded
from contracts.resources.one_list_versions import MEDIA_TYPES
from services.resources.dispatch import domain, queries
from services.resources.dispatch.models import ServiceHours
from services.resources.list_rules.queries import number
from services.resources.one_list import paper
from services.resources.talents import queries as talents
from services.resources.talents.models import Talent

MOST_ROWS = 5_000
HEADINGS = (("日期 Date", 12), ("服务内容 Service", 40), ("分钟 Minutes", 12), ("记录编号 Record", 30))
FOOT = (
    "本文件为平台服务时长记录，由平台按登记数据生成；如需出具书面材料，请向记录的组织申请。"
    " A platform record of hours as they were registered; only the recording organisation certifies them."
)


def record_service_hours(
    session: Session, *, actor: Actor, now: datetime, talent_id: str, minutes: int, served_on: date, what: str
) -> dict[str, Any]:
    """Outside a dispatch, by staff of the person's street."""
    talent = talents.find_talent(session, talent_id, actor)
    db.check_street(actor, talent.street_code)
    if served_on > clock.day_of(now):
        raise InvalidError(TalentCode.DISPATCH_INVALID, problems=["served_on: not over yet"])
    row = record(session, actor=actor, now=now, talent=talent, minutes=minutes, served_on=served_on, what=what)
    return queries.render_hours(row)


def record(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    talent: Talent,
    minutes: int,
    served_on: date,
    what: str,
    dispatch_id: str | None = None,
) -> ServiceHours:
    """Within the district's most for one record."""
    most = number(session, talent.district_code, "hours_minutes_most")
    if minutes > most:
        raise InvalidError(TalentCode.HOURS_TOO_LONG, most=most)
    row = ServiceHours(
        district_code=talent.district_code,
        street_code=talent.street_code,
        talent_id=talent.id,
        dispatch_id=dispatch_id,
        status="recorded",
        minutes=minutes,
        served_on=served_on,
        what=what,
        reason="",
        recorded_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    _tell(session, row)
    return row


def strike_service_hours(
    session: Session, *, actor: Actor, service_hours_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """It stays to be seen, and counts no more."""
    row = queries.find_hours(session, service_hours_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    row.status, row.reason = domain.next_hours_status(row.status, "strike"), reason
    _tell(session, row)
    return queries.render_hours(row)


def _tell(session: Session, row: ServiceHours) -> None:
    session.flush()
    fact = ServiceHoursRecorded(
        service_hours_id=row.id,
        talent_id=row.talent_id,
        dispatch_id=row.dispatch_id,
        minutes=row.minutes,
        served_on=row.served_on.isoformat(),
        status=row.status,
        street_codes=[row.street_code] if row.street_code else [],
    )
    outbox.record(session, fact)


def get_service_record(session: Session, *, actor: Actor, today: date, talent_id: str, form: str) -> dict[str, Any]:
    """The person's own file has the name on it; staff get it masked, as everywhere."""
    talent = talents.find_talent(session, talent_id, actor)
    shown = talents.render(talent, actor)
    mine = select(ServiceHours).where(ServiceHours.talent_id == talent.id, ServiceHours.status == "recorded")
    rows = session.scalars(mine.order_by(ServiceHours.served_on, ServiceHours.id).limit(MOST_ROWS)).all()
    total = sum(row.minutes for row in rows)
    sheet = paper.Sheet(
        title="服务时长平台记录 Platform record of service hours",
        about=(
            ("姓名 Name", shown["name"] or "—"),
            ("编号 Id", talent.id),
            ("合计 Total", f"{total // 60} 小时 {total % 60} 分钟（{total} min）"),
            ("生成日期 Date", today.isoformat()),
        ),
        headings=HEADINGS,
        rows=[(row.served_on.isoformat(), row.what, row.minutes, row.id) for row in rows],
        foot=FOOT,
    )
    content = paper.pdf(sheet) if form == "pdf" else paper.xlsx(sheet)
    return {
        "file_name": f"service-record-{talent.id}.{form}",
        "media_type": MEDIA_TYPES[form],
        "content": base64.b64encode(content).decode(),
    }
