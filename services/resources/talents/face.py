"""Operations of the talent grid."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.resources.talents import actions, gaps, queries


class Talents:
    """People, norms and gaps."""

    @rpc
    def get_talent(self, session: Session, *, actor: Actor, talent_id: str) -> dict[str, Any]:
        return queries.get_talent(session, actor=actor, talent_id=talent_id)

    @rpc
    def list_talents(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_talents(session, actor=actor, **filters)

    @rpc
    def get_credential(self, session: Session, *, actor: Actor, credential_id: str) -> dict[str, Any]:
        return queries.get_credential(session, actor=actor, credential_id=credential_id)

    @rpc
    def list_credentials(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_credentials(session, actor=actor, **filters)

    @rpc
    def list_skills(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_skills(session, actor=actor)

    @command
    def register_talent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.register_talent(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def change_talent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.change_talent(session, actor=actor, **asked)

    @command
    def set_talent_consent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.set_talent_consent(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def pause_talent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.step_talent(session, actor=actor, action="pause", **asked)

    @command
    def resume_talent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.step_talent(session, actor=actor, action="resume", **asked)

    @command
    def leave_talent_grid(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.step_talent(session, actor=actor, action="leave", **asked)

    @command
    def erase_talent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.erase_talent(session, actor=actor, **asked)

    @command
    def disclose_talent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.disclose_talent(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def add_credential(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.add_credential(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def verify_credential(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.step_credential(session, actor=actor, action="verify", **asked)

    @command
    def withdraw_credential(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.step_credential(session, actor=actor, action="withdraw", **asked)

    @command
    def set_skill(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.set_skill(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def get_talent_norm(self, session: Session, *, actor: Actor, talent_norm_id: str) -> dict[str, Any]:
        return gaps.get_talent_norm(session, actor=actor, talent_norm_id=talent_norm_id)

    @rpc
    def list_talent_norms(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return gaps.list_talent_norms(session, actor=actor, **filters)

    @rpc
    def list_cell_residents(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return gaps.list_cell_residents(session, actor=actor, **filters)

    @rpc
    def list_talent_gaps(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return gaps.list_talent_gaps(session, actor=actor, **filters)

    @rpc
    def export_talent_map(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return gaps.export_talent_map(session, actor=actor, **filters)

    @command
    def publish_talent_norm(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return gaps.publish_talent_norm(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def set_cell_residents(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return gaps.set_cell_residents(session, actor=actor, **asked)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
