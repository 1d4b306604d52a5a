"""Operations and the clock of the one list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, every, rpc, timer
from services.resources.census.listing import forget_entry
from services.resources.one_list import actions, handlers, jobs, queries, versions


class OneList:
    """Entries, their history and their versions."""

    @rpc
    def get_list_entry(self, session: Session, *, actor: Actor, list_entry_id: str) -> dict[str, Any]:
        return queries.get_list_entry(session, actor=actor, list_entry_id=list_entry_id)

    @rpc
    def search_list_entries(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.search_list_entries(session, actor=actor, **filters)

    @rpc
    def list_entry_history(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_entry_history(session, actor=actor, **filters)

    @rpc
    def list_public_entries(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_public_entries(session, actor=actor, **filters)

    @command
    def draft_list_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.draft_list_entry(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def change_list_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.change_list_entry(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def confirm_list_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.confirm_list_entry(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def recheck_list_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.recheck_list_entry(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def retire_list_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.retire_list_entry(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def reopen_list_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.reopen_list_entry(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def set_list_entry_consent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.set_list_entry_consent(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def erase_list_entry(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        shown = actions.erase_list_entry(session, actor=actor, now=_now(session, actor), **asked)
        forget_entry(session, shown["list_entry_id"], shown["source_id"])
        return shown

    @command
    def disclose_list_contact(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.disclose_list_contact(session, actor=actor, now=clock.system_now(), **asked)

    @rpc
    def list_personal_readings(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_personal_readings(session, actor=actor, **filters)

    @rpc
    def get_list_version(self, session: Session, *, actor: Actor, list_version_id: str) -> dict[str, Any]:
        return versions.get_list_version(session, actor=actor, list_version_id=list_version_id)

    @rpc
    def list_list_versions(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return versions.list_list_versions(session, actor=actor, **filters)

    @rpc
    def list_version_items(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return versions.list_version_items(session, actor=actor, **filters)

    @rpc
    def diff_list_versions(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return versions.diff_list_versions(session, actor=actor, **filters)

    @command
    def publish_one_list(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return versions.publish_one_list(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def export_one_list(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return jobs.ask(session, actor=actor, **asked)

    @timer
    def entry_falls_due(self, session: Session, *, actor: Actor, now: datetime, list_entry_id: str) -> None:
        handlers.fall_due(session, now=now, list_entry_id=list_entry_id)

    @every(seconds=600)
    def list_missing_organisations(self, session: Session) -> None:
        handlers.list_missing(session)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
