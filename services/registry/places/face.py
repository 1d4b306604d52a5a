"""Operations on places."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.places import actions, queries


class Places:
    """Places and their codes over time; grid cells; the national list."""

    @rpc
    def list_places(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_places(session, actor=actor, **asked)

    @rpc
    def get_place(self, session: Session, *, actor: Actor, code: str) -> dict[str, Any]:
        return queries.get_place(session, actor=actor, code=code)

    @rpc
    def export_grid_cells(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.export_grid_cells(session, actor=actor, **asked)

    @command
    def open_place(self, session: Session, *, actor: Actor, **facts: Any) -> dict[str, Any]:
        return actions.open_place(session, actor=actor, today=clock.today(session, actor.district_code), **facts)

    @command
    def retire_place(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.retire_place(session, actor=actor, today=clock.today(session, actor.district_code), **asked)

    @command
    def reinstate_place(self, session: Session, *, actor: Actor, code: str, reason: str) -> dict[str, Any]:
        return actions.reinstate_place(session, actor=actor, code=code, reason=reason)

    @command
    def draw_grid_cell(self, session: Session, *, actor: Actor, **facts: Any) -> dict[str, Any]:
        return actions.draw_grid_cell(session, actor=actor, today=clock.today(session, actor.district_code), **facts)

    @command
    def redraw_grid_cell(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.redraw_grid_cell(session, actor=actor, **asked)

    @command
    def import_places(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return actions.take_list(session, actor=actor)
