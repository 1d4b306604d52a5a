"""Operations on seed groups."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.seed_groups import actions, members, queries


class SeedGroups:
    """start, gather, meet, file or dissolve a seed group."""

    @command
    def start_seed_group(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.start_seed_group(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def add_seed_member(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return members.add_seed_member(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def change_seed_member(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return members.change_seed_member(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def list_seed_group_steps(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_seed_group_steps(session, actor=actor, **asked)

    @command
    def remove_seed_member(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return members.remove_seed_member(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def hold_seed_meeting(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.hold_seed_meeting(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def file_seed_group(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.file_seed_group(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @command
    def dissolve_seed_group(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.dissolve_seed_group(session, actor=actor, now=clock.now(session, actor.district_code), **asked)

    @rpc
    def get_seed_group(self, session: Session, *, actor: Actor, seed_group_id: str) -> dict[str, Any]:
        return queries.get_seed_group(session, actor=actor, seed_group_id=seed_group_id)

    @rpc
    def list_seed_groups(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_seed_groups(session, actor=actor, **asked)
