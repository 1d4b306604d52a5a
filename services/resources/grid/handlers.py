"""News of grid cells: what is newest of each kind holds, whatever arrives first."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import Envelope
from contracts.registry.events_places import GridCellRedrawn, PlaceOpened, PlaceReinstated, PlaceRetired
from services.resources.grid.models import KnownGridCell

LEVEL = "grid_cell"


def keep_opened(session: Session, event: PlaceOpened, envelope: Envelope) -> None:
    """A new cell; streets and communities are not ours to keep."""
    if event.level == LEVEL:
        cell = _cell(session, event.place_code, envelope)
        cell.street_code, cell.community_code = event.street_code, event.parent_code
        _shape(cell, event, envelope)
        session.flush()


def keep_redrawn(session: Session, event: GridCellRedrawn, envelope: Envelope) -> None:
    """Another name or boundary."""
    cell = _cell(session, event.place_code, envelope)
    cell.community_code = event.community_code
    _shape(cell, event, envelope)
    session.flush()


def keep_use(session: Session, event: PlaceRetired | PlaceReinstated, envelope: Envelope) -> None:
    """Not in use any more, or again."""
    if event.level == LEVEL:
        cell = _cell(session, event.place_code, envelope)
        if cell.use_version < envelope.subject_version:
            cell.retired, cell.use_version = isinstance(event, PlaceRetired), envelope.subject_version
        session.flush()


def _cell(session: Session, code: str, envelope: Envelope) -> KnownGridCell:
    found = session.get(KnownGridCell, (envelope.district_code, code), with_for_update=True)
    if found is None:
        found = KnownGridCell(
            district_code=envelope.district_code,
            code=code,
            street_code=code[:9],
            community_code=code[:12],
            name="",
            boundary="",
            retired=False,
            shape_version=0,
            use_version=0,
        )
        session.add(found)
    return found


def _shape(cell: KnownGridCell, event: PlaceOpened | GridCellRedrawn, envelope: Envelope) -> None:
    if cell.shape_version < envelope.subject_version:
        cell.name, cell.boundary = event.name, event.boundary
        cell.longitude_e6, cell.latitude_e6 = event.longitude_e6, event.latitude_e6
        cell.shape_version = envelope.subject_version
