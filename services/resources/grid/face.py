"""News of grid cells."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import Envelope
from chassis.runtime.entrypoints import on_event
from contracts.registry.events_places import GridCellRedrawn, PlaceOpened
from services.resources.grid import handlers


class Grid:
    """Keeps known grid cells; their retirement is heard beside that of streets (redirects)."""

    @on_event(PlaceOpened)
    def on_place_opened(self, session: Session, event: PlaceOpened, envelope: Envelope) -> None:
        handlers.keep_opened(session, event, envelope)

    @on_event(GridCellRedrawn)
    def on_grid_cell_redrawn(self, session: Session, event: GridCellRedrawn, envelope: Envelope) -> None:
        handlers.keep_redrawn(session, event, envelope)
