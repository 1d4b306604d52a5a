"""Appointments of service orders in the calendar of who goes: what kind, when and in which community; no names."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.projects.calendars import ics
from services.projects.known.models import KnownAccount
from services.projects.orders import policies
from services.projects.orders.models import ServiceOrder

MOST = 500  # the newest appointments of a calendar
GONE = ("cancelled", "no_show")


def items_of(session: Session, account: KnownAccount) -> list[ics.Item]:
    """Of the person, and of the organisation they belong to."""
    mine: list[ColumnElement[bool]] = [ServiceOrder.talent_account_id == account.id]
    if account.organisation_id is not None:
        mine.append(ServiceOrder.organisation_id == account.organisation_id)
    statement = select(ServiceOrder).where(
        ServiceOrder.district_code == account.district_code, or_(*mine), ServiceOrder.starts_at.is_not(None)
    )
    names = {policy.kind: policy.name_zh for policy in policies.kinds_of(session, account.district_code)}
    rows = session.scalars(statement.order_by(ServiceOrder.starts_at.desc(), ServiceOrder.id).limit(MOST))
    return [_item(row, names.get(row.kind, row.kind)) for row in rows]


def _item(row: ServiceOrder, name: str) -> ics.Item:
    starts_at = row.starts_at or row.created_at
    return ics.Item(
        id=row.id,
        sequence=row.version,
        changed_at=row.created_at,
        starts_at=starts_at,
        ends_at=row.ends_at or starts_at + timedelta(minutes=row.minutes or 60),
        summary=f"{name}（服务预约）",
        location=row.community_code or row.street_code or "",
        description=f"服务单 {row.id}" + (f" · {row.team}" if row.team else ""),
        cancelled=row.status in GONE,
    )
