"""Changing the wording."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db, ids, outbox
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import StaleError
from contracts.notify.events import TemplateSet
from services.notify.catalogue.notice import Words
from services.notify.templates import queries, render, samples
from services.notify.templates.models import Template


def set_template(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    event_name: str,
    expected_version: int | None = None,
    **parts: str,
) -> dict[str, Any]:
    """Put a district's own wording in force, once it renders with every optional field present and absent."""
    db.check_street(actor, None)
    notice = queries.notice_of(event_name)
    words = Words(**parts)
    for optional in (True, False):
        render.render(words, samples.sample_of(event_name, optional=optional), {})
    row = _row_for(session, actor.district_code, event_name, parts, now, expected_version)
    outbox.record(session, TemplateSet(template_id=row.id, event_name=event_name))
    session.flush()
    return queries.view(notice, row, actor)


def _row_for(
    session: Session, district_code: str, event_name: str, parts: dict[str, str], now: datetime, expected: int | None
) -> Template:
    """Insert, or change under a lock: two authors at once never fail on the unique key."""
    values = {"id": ids.new_id("tpl"), "district_code": district_code, "event_name": event_name, **parts}
    made = session.scalar(
        insert(Template).values(**values, version=1, created_at=now).on_conflict_do_nothing().returning(Template.id)
    )
    row = queries.find_template(session, district_code, event_name, lock=True)
    assert row is not None
    if made is not None:
        if expected not in (None, 0):
            raise StaleError(ChassisCode.ROW_STALE, expected=expected, current=0)
        return row
    db.check_version(row, expected)
    for part, text in parts.items():
        setattr(row, part, text)
    return row
