"""Operations of bulk work."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, every, rpc
from services.registry.bulk import actions, queries
from services.registry.bulk.retention import SHEETS


class Bulk:
    """import_organisations, export_organisations, get_import_template."""

    @command
    def import_organisations(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.import_organisations(session, actor=actor, **asked)

    @command
    def export_organisations(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.export_organisations(session, actor=actor, **asked)

    @every(seconds=3600)
    def ask_for_dropping(self, session: Session) -> None:
        SHEETS.ask_for_dropping(session, now=clock.system_now())

    @rpc
    def get_import_template(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, str]:
        return queries.get_import_template(form=asked["format"])
