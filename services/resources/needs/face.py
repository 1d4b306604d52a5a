"""Needs' operations."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, rpc, timer
from services.resources.needs import actions, confirming, queries


class Needs:
    """Who lacks what."""

    @command
    def draft_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.draft_need(session, actor=actor, now=clock.now(session, actor.district_code), asked=asked)

    @command
    def verify_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.step_need(session, actor=actor, now=now, action="verify", **asked)

    @command
    def open_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.step_need(session, actor=actor, now=now, action="open", **asked)

    @command
    def close_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.end_need(session, actor=actor, action="close", **asked)

    @command
    def cancel_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.end_need(session, actor=actor, action="cancel", **asked)

    @command
    def confirm_need(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.confirm_need(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def list_need_duplicates(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_need_duplicates(session, actor=actor, **asked)

    @rpc
    def get_need(self, session: Session, *, actor: Actor, need_id: str) -> dict[str, Any]:
        return queries.get_need(session, actor=actor, need_id=need_id)

    @rpc
    def list_needs(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_needs(session, actor=actor, **filters)

    @timer
    def lapse_need(self, session: Session, *, actor: Actor, now: datetime, need_id: str) -> None:
        actions.lapse_need(session, now=now, need_id=need_id)

    @timer
    def ask_need(self, session: Session, *, actor: Actor, now: datetime, need_id: str, since: str) -> None:
        confirming.ask_need(session, now=now, need_id=need_id, since=since)

    @timer
    def drop_need(self, session: Session, *, actor: Actor, now: datetime, need_id: str, since: str) -> None:
        confirming.drop_need(session, now=now, need_id=need_id, since=since)
