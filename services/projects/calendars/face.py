"""RPCs and commands of calendars."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.calendars import actions, queries


class Calendars:
    """Calendar feeds."""

    @command
    def open_calendar_feed(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        now, token = clock.now(session, actor.district_code), secrets.token_urlsafe(32)
        return actions.open_calendar_feed(session, actor=actor, now=now, token=token)

    @command
    def revoke_calendar_feed(self, session: Session, *, actor: Actor, calendar_feed_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.revoke_calendar_feed(session, actor=actor, now=now, calendar_feed_id=calendar_feed_id)

    @rpc
    def list_calendar_feeds(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return queries.list_calendar_feeds(session, actor=actor, **page)

    @rpc
    def read_calendar(self, session: Session, *, actor: Actor, token: str) -> dict[str, Any]:
        return queries.read_calendar(session, token=token)

    @rpc
    def get_roadshow_calendar(self, session: Session, *, actor: Actor, roadshow_id: str) -> dict[str, Any]:
        return queries.get_roadshow_calendar(session, actor=actor, roadshow_id=roadshow_id)
