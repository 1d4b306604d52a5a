"""What stands in whose calendar."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.calendars import FeedView
from contracts.projects.codes_review import ReviewCode
from services.projects.calendars import appointments, ics
from services.projects.calendars.models import CalendarFeed
from services.projects.known import queries as known
from services.projects.proposals.models import Proposal
from services.projects.review.models import JudgeAssignment
from services.projects.roadshows.models import Pitch, Roadshow, RoadshowSession
from services.projects.rounds.models import Round

MEDIA_TYPE = "text/calendar; charset=utf-8"
MOST = 500  # the newest pitches of a calendar


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def render(row: CalendarFeed, token: str | None = None) -> dict[str, Any]:
    view: dict[str, Any] = FeedView().dump(row)
    view["token"] = token
    return view


def find_feed(session: Session, calendar_feed_id: str, actor: Actor) -> CalendarFeed:
    statement = _mine(actor).where(CalendarFeed.id == calendar_feed_id).with_for_update()
    row: CalendarFeed | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(ReviewCode.CALENDAR_NOT_FOUND)
    return row


def _mine(actor: Actor) -> Select[Any]:
    return select(CalendarFeed).where(
        CalendarFeed.district_code == actor.district_code, CalendarFeed.account_id == actor.account_id
    )


def list_calendar_feeds(session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
    return db.page(session, _mine(actor), by=CalendarFeed.id, render=render, **page)


def read_calendar(session: Session, *, token: str) -> dict[str, Any]:
    """Whoever has the address reads it; an address that was revoked or whose account lost its role is no address."""
    found = select(CalendarFeed).where(CalendarFeed.token_hash == hash_of(token), CalendarFeed.revoked_at.is_(None))
    feed = session.scalars(found).one_or_none()
    account = known.account(session, feed.account_id) if feed is not None else None
    if feed is None or account is None or account.district_code != feed.district_code:
        raise NotFoundError(ReviewCode.CALENDAR_NOT_FOUND)
    statement = _pitches().where(Pitch.district_code == feed.district_code)
    if account.role == roles.TALENT:
        return _file("服务预约 Appointments", "appointments", appointments.items_of(session, account))
    if account.role == roles.JUDGE:
        seats = select(JudgeAssignment.proposal_id).where(
            JudgeAssignment.judge_account_id == account.id, JudgeAssignment.recused.is_(False)
        )
        statement = statement.where(Pitch.proposal_id.in_(seats))
    elif account.role in (roles.CSO, roles.HUB) and account.organisation_id is not None:
        statement = statement.where(Proposal.organisation_id == account.organisation_id)
    else:
        raise NotFoundError(ReviewCode.CALENDAR_NOT_FOUND)
    items = _items(session, statement)
    if account.role != roles.JUDGE:
        items += appointments.items_of(session, account)
    return _file("足迹日程 Footprint", "roadshow", items)


def get_roadshow_calendar(session: Session, *, actor: Actor, roadshow_id: str) -> dict[str, Any]:
    """Everybody's: pitches from the draw on, in the caller's scope, without judges."""
    row = db.get_scoped(session, Roadshow, roadshow_id, actor)
    if row is None:
        raise NotFoundError(ReviewCode.CALENDAR_NOT_FOUND)
    statement = db.scoped(_pitches(), Pitch, actor).where(Pitch.roadshow_id == row.id)
    return _file(f"路演 {session.get_one(Round, row.round_id).name}", "roadshow", _items(session, statement))


def _pitches() -> Select[Any, Any, Any, Any, Any]:
    return (
        select(Pitch, Proposal, Roadshow, Round, RoadshowSession)
        .join(Proposal, Proposal.id == Pitch.proposal_id)
        .join(Roadshow, Roadshow.id == Pitch.roadshow_id)
        .join(Round, Round.id == Roadshow.round_id)
        .outerjoin(RoadshowSession, RoadshowSession.id == Pitch.session_id)
        .order_by(Pitch.id.desc())
        .limit(MOST)
    )


def _items(session: Session, statement: Select[Any]) -> list[ics.Item]:
    found = []
    for pitch, proposal, roadshow, of, room in session.execute(statement):
        off = pitch.status == "waiting" and (proposal.status == "withdrawn" or of.status == "cancelled")
        found.append(
            ics.Item(
                id=pitch.id,
                sequence=(pitch.calendar_sequence or 0) + off,
                changed_at=pitch.calendar_at or pitch.created_at,
                starts_at=pitch.starts_at,
                ends_at=pitch.ends_at,
                summary=f"路演答辩：{proposal.title}",
                location=f"{roadshow.place} {room.room}" if room is not None else roadshow.place,
                description=f"{of.name} · 第 {pitch.number} 号 No. {pitch.number}",
                cancelled=off,
            )
        )
    return found


def _file(name: str, file_name: str, items: list[ics.Item]) -> dict[str, Any]:
    content = base64.b64encode(ics.write(name, items)).decode()
    return {"file_name": f"{file_name}.ics", "media_type": MEDIA_TYPE, "content": content}
