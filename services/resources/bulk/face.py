"""Operations of sheets of offers and needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime import command, every, rpc
from services.resources.bulk import actions, queries
from services.resources.bulk.retention import SHEETS


class Bulk:
    """Offers and needs as sheets."""

    @command
    def import_offers(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.import_sheet(session, actor=actor, name="offers", **asked)

    @command
    def import_needs(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.import_sheet(session, actor=actor, name="needs", **asked)

    @command
    def export_offers(self, session: Session, *, actor: Actor, format: str, **filters: Any) -> dict[str, Any]:  # noqa: A002  the field's name
        return actions.export_sheet(session, actor=actor, name="offers", form=format, filters=filters)

    @command
    def export_needs(self, session: Session, *, actor: Actor, format: str, **filters: Any) -> dict[str, Any]:  # noqa: A002  the field's name
        return actions.export_sheet(session, actor=actor, name="needs", form=format, filters=filters)

    @every(seconds=3600)
    def ask_for_dropping_sheets(self, session: Session) -> None:
        SHEETS.ask_for_dropping(session, now=clock.system_now())

    @rpc
    def get_offer_template(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, str]:
        return queries.get_template(name="offers", form=asked["format"])

    @rpc
    def get_need_template(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, str]:
        return queries.get_template(name="needs", form=asked["format"])
