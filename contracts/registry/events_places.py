"""Events of places: codes and dates."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="place_code")
class PlacesImported(Event, frozen=True):
    """The district's places were taken from a list; ``source`` names it. Codes the list lacks stay as they are."""

    place_code: str
    source: str
    streets: int
    communities: int
    added: int


@event(owner="registry", subject="place_code", handled_by=("resources",))
class PlaceOpened(Event, frozen=True):
    """A new code is in use from a day on: a street, a community or a grid cell.

    Of a cell also its name, its centre in millionths of a degree (WGS-84) and its boundary as GeoJSON text, empty where
    it has none or a large one.
    """

    place_code: str
    level: str
    parent_code: str
    street_code: str | None
    valid_from: str
    name: str = ""
    longitude_e6: int | None = None
    latitude_e6: int | None = None
    boundary: str = ""


@event(owner="registry", subject="place_code", handled_by=("projects", "resources", "notify"))
class PlaceRetired(Event, frozen=True):
    """A code is used until the end of a day; it stays resolvable, through its successor where it has one."""

    place_code: str
    level: str
    valid_until: str
    successor_code: str | None


@event(owner="registry", subject="place_code", handled_by=("projects", "resources", "notify"))
class PlaceReinstated(Event, frozen=True):
    """A retirement was taken back."""

    place_code: str
    level: str


@event(owner="registry", subject="place_code", handled_by=("resources",))
class GridCellRedrawn(Event, frozen=True):
    """Name or boundary of a grid cell changed; ``points`` of the boundary, 0 where it has none."""

    place_code: str
    community_code: str
    points: int
    name: str = ""
    longitude_e6: int | None = None
    latitude_e6: int | None = None
    boundary: str = ""
