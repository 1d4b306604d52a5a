"""Events of projects about round pools."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import Envelope
from chassis.runtime import on_event
from contracts.projects.events import PoolLineNamed, PoolLineReleased
from contracts.projects.events_money import PoolLineRefunded
from services.resources.funds import handlers


class Funds:
    """Funds set aside for rounds."""

    @on_event(PoolLineNamed)
    def on_pool_line_named(self, session: Session, event: PoolLineNamed, envelope: Envelope) -> None:
        handlers.on_pool_line_named(session, event, envelope)

    @on_event(PoolLineReleased)
    def on_pool_line_released(self, session: Session, event: PoolLineReleased, envelope: Envelope) -> None:
        handlers.on_pool_line_released(session, event, envelope)

    @on_event(PoolLineRefunded)
    def on_pool_line_refunded(self, session: Session, event: PoolLineRefunded, envelope: Envelope) -> None:
        handlers.on_pool_line_refunded(session, event, envelope)
