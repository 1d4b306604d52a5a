"""Reading the wording in force."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.notify.codes import NotifyCode
from contracts.notify.templates import PreviewView, TemplateView
from services.notify.catalogue import NOTICES
from services.notify.catalogue.notice import Notice, Words
from services.notify.templates import render, samples
from services.notify.templates.models import Template

PAGE = 50


def notice_of(event_name: str) -> Notice:
    """The rule of an event people are told of."""
    notice = NOTICES.get(event_name)
    if notice is None:
        raise NotFoundError(NotifyCode.TEMPLATE_NOT_FOUND, event_name=event_name)
    return notice


def find_template(session: Session, district_code: str, event_name: str, *, lock: bool = False) -> Template | None:
    """The district's own wording, if it has one."""
    statement = select(Template).where(Template.district_code == district_code, Template.event_name == event_name)
    return session.scalars(statement.with_for_update() if lock else statement).one_or_none()


def words_in_force(session: Session, district_code: str, event_name: str) -> Words:
    """The district's wording, else the shipped one."""
    row = find_template(session, district_code, event_name)
    if row is None:
        return notice_of(event_name).words
    return Words(**{part: getattr(row, part) for part in render.PARTS})


def get_template(session: Session, *, actor: Actor, event_name: str) -> dict[str, Any]:
    """The wording of one event."""
    notice = notice_of(event_name)
    return view(notice, find_template(session, actor.district_code, event_name), actor)


def list_templates(
    session: Session, *, actor: Actor, kind: str | None = None, cursor: str | None = None, limit: int = PAGE
) -> dict[str, Any]:
    """By event name; the cursor is the last name of the page before."""
    wanted = [name for name in sorted(NOTICES) if kind in (None, NOTICES[name].kind) and name > (cursor or "")]
    rows = session.scalars(
        select(Template).where(Template.district_code == actor.district_code, Template.event_name.in_(wanted[:limit]))
    )
    own = {row.event_name: row for row in rows}
    items = [view(NOTICES[name], own.get(name), actor) for name in wanted[:limit]]
    return {"items": items, "next_cursor": wanted[limit - 1] if len(wanted) > limit else None}


def preview_template(session: Session, *, actor: Actor, event_name: str, **parts: str) -> dict[str, Any]:
    """The given or present wording with a sample of the event."""
    notice_of(event_name)
    present = words_in_force(session, actor.district_code, event_name)
    words = Words(**{part: parts.get(part) or getattr(present, part) for part in render.PARTS})
    shown = render.render(words, samples.sample_of(event_name), {})
    return {**PreviewView().dump(shown), "event_name": event_name}


def view(notice: Notice, row: Template | None, actor: Actor) -> dict[str, Any]:
    """A template as people see it."""
    source: Any = row or notice.words
    shown: dict[str, Any] = TemplateView().dump(
        {
            "template_id": row.id if row else None,
            "status": "custom" if row else "shipped",
            "version": row.version if row else 0,
            "district_code": actor.district_code,
            "street_code": None,
            "event_name": notice.event,
            "kind": notice.kind,
            "priority": notice.priority,
            "field_names": samples.field_names(notice.event),
            **{part: getattr(source, part) for part in render.PARTS},
        }
    )
    return shown
