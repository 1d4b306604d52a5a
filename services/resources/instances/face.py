"""Operations of matching instances."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, every, rpc
from services.resources.instances import actions, queries, retention


class Instances:
    """solve_instance, get_instance_answer."""

    @command
    def solve_instance(self, session: Session, *, actor: Actor, file: dict[str, Any], seconds: int) -> dict[str, Any]:
        return actions.solve_instance(session, actor=actor, file=file, seconds=seconds)

    @rpc
    def get_instance_answer(self, session: Session, *, actor: Actor, job_id: str) -> dict[str, Any]:
        return queries.get_instance_answer(session, actor=actor, job_id=job_id)

    @every(seconds=3600)
    def ask_for_dropping_instances(self, session: Session) -> None:
        retention.ask_for_dropping(session, now=clock.system_now())
