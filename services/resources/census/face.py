"""Operations of the census."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.resources.census import actions, listing, queries, record_actions, record_queries


class Censuses:
    """Campaigns and their records."""

    @rpc
    def get_census(self, session: Session, *, actor: Actor, census_id: str) -> dict[str, Any]:
        return queries.get_census(session, actor=actor, census_id=census_id)

    @rpc
    def list_censuses(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_censuses(session, actor=actor, **filters)

    @rpc
    def list_census_places(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_census_places(session, actor=actor, **filters)

    @rpc
    def get_census_coverage(self, session: Session, *, actor: Actor, census_id: str) -> dict[str, Any]:
        return queries.get_census_coverage(session, actor=actor, census_id=census_id)

    @rpc
    def list_census_rechecks(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_census_rechecks(session, actor=actor, **filters)

    @command
    def draft_census(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.draft_census(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def change_census(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.change_census(session, actor=actor, **asked)

    @command
    def set_census_place(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.set_census_place(session, actor=actor, **asked)

    @command
    def assign_census(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.assign_census(session, actor=actor, **asked)

    @command
    def open_census(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.open_census(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def close_census(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.close_census(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def cancel_census(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.cancel_census(session, actor=actor, **asked)

    @rpc
    def get_census_record(self, session: Session, *, actor: Actor, census_record_id: str) -> dict[str, Any]:
        return record_queries.get_census_record(session, actor=actor, census_record_id=census_record_id)

    @rpc
    def list_census_records(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return record_queries.list_census_records(session, actor=actor, **filters)

    @rpc
    def list_like_entries(self, session: Session, *, actor: Actor, census_record_id: str) -> dict[str, Any]:
        return record_queries.list_like_entries(session, actor=actor, census_record_id=census_record_id)

    @command
    def keep_census_record(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return record_actions.keep_census_record(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def upload_census_records(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return record_actions.upload_census_records(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def change_census_record(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return record_actions.change_census_record(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def submit_census_record(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return record_actions.submit_census_record(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def return_census_record(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return record_actions.return_census_record(session, actor=actor, **asked)

    @command
    def verify_census_record(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return record_actions.verify_census_record(session, actor=actor, **asked)

    @command
    def reject_census_record(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return record_actions.reject_census_record(session, actor=actor, **asked)

    @command
    def list_census_record(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return listing.list_census_record(session, actor=actor, now=_now(session, actor), **asked)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
