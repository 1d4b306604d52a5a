"""Places: district, streets, communities and grid cells, with their codes and the days they are used."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Text, day, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles

LEVELS = ("district", "street", "community", "grid_cell")
KEEPERS = (roles.BUREAU, roles.ADMINISTRATOR)
DRAWERS = (roles.STREET_STAFF, *KEEPERS)
STATUSES = ("current", "retired")


def _code(*, required: bool = False) -> fields.String:
    about = {"description": "6 位区、9 位街道、12 位社区、15 位网格代码 / 6, 9, 12 or 15 digits"}
    return fields.String(validate=validate.Regexp(r"^[0-9]{6}([0-9]{3}){0,3}\Z"), metadata=about, required=required)


def _polygon() -> fields.Dict:
    about = {"description": "GeoJSON Polygon / MultiPolygon (RFC 7946), WGS-84"}
    return fields.Dict(keys=fields.String(), allow_none=True, metadata=about)


class PlacePath(Schema):
    """One place."""

    code = _code(required=True)


class PlaceQuery(Schema):
    """Filters; the list is ordered by code. ``valid_on``: only codes in use on that day."""

    level = one_of(*LEVELS)
    parent_code = _code()
    valid_on = day()
    cursor = fields.String(validate=validate.Length(max=200), metadata={"description": "上一页的 next_cursor"})
    limit = fields.Integer(validate=validate.Range(min=1, max=200))


class OpenPlace(Schema):
    """A new street or community: its code begins with that of the district or street it lies in."""

    code = _code(required=True)
    level = one_of("street", "community", required=True)
    name = Text(required=True, at_least=1, at_most=100)
    valid_from = day()


class RetirePlace(PlacePath):
    """``valid_until``: the last day the code is used; ``successor_code``: what it becomes, of the same level."""

    valid_until = day(required=True)
    successor_code = _code()
    reason = Text(required=True, at_least=2, at_most=500)


class ReinstatePlace(PlacePath):
    """The retirement was a mistake."""

    reason = Text(required=True, at_least=2, at_most=500)


class DrawGridCell(Schema):
    """A grid cell (网格) of a community; its code is the community's with three more digits."""

    community_code = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{12}\Z"))
    code = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{15}\Z"))
    name = Text(required=True, at_least=1, at_most=100)
    polygon = _polygon()
    valid_from = day()


class RedrawGridCell(PlacePath):
    """Only what is sent changes; ``polygon: null`` takes the boundary away."""

    name = Text(at_least=1, at_most=100)
    polygon = _polygon()


class CellsQuery(PlacePath):
    """The grid cells of a community, ordered by code."""

    cursor = fields.String(validate=validate.Length(max=200), metadata={"description": "上一页的 next_cursor"})
    limit = fields.Integer(validate=validate.Range(min=1, max=200))


class PlaceView(Schema):
    """A place; a code that is no longer used names its successor, and ``current_code`` the last of them."""

    code = fields.String()
    name = fields.String()
    level = fields.String(metadata={"enum": list(LEVELS)})
    status = fields.String(metadata={"enum": list(STATUSES)})
    parent_code = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    successor_code = fields.String(allow_none=True)
    current_code = fields.String()


class FeatureView(Schema):
    """A GeoJSON Feature; ``geometry`` is null for a cell nobody has drawn."""

    type = fields.String(metadata={"enum": ["Feature"]})
    id = fields.String()
    geometry = fields.Raw(allow_none=True)
    properties = fields.Nested(PlaceView)


class CellsView(Schema):
    """A GeoJSON FeatureCollection (RFC 7946), with ``next_cursor`` as foreign member."""

    type = fields.String(metadata={"enum": ["FeatureCollection"]})
    features = fields.List(fields.Nested(FeatureView))
    next_cursor = fields.String(allow_none=True)


class PlacesImportView(Schema):
    """What the list had, and how many codes were new."""

    code = fields.String()
    source = fields.String()
    streets = fields.Integer()
    communities = fields.Integer()
    added = fields.Integer()


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_places",
        PlaceQuery,
        PlaceView,
        roles=roles.PUBLIC,
        many=True,
        zh="区、街道和社区",
        en="Districts, streets and communities",
    ),
    rpc("get_place", PlacePath, PlaceView, roles=roles.PUBLIC, zh="查看一个地方", en="One place"),
    command("open_place", OpenPlace, PlaceView, roles=KEEPERS, reread="get_place", zh="启用新代码", en="Open a place"),
    command(
        "retire_place", RetirePlace, PlaceView, roles=KEEPERS, reread="get_place", zh="停用代码", en="Retire a place"
    ),
    command(
        "reinstate_place",
        ReinstatePlace,
        PlaceView,
        roles=KEEPERS,
        reread="get_place",
        zh="恢复代码",
        en="Take a retirement back",
    ),
    command(
        "draw_grid_cell",
        DrawGridCell,
        PlaceView,
        roles=DRAWERS,
        reread="get_place",
        zh="划定网格",
        en="Draw a grid cell",
    ),
    command(
        "redraw_grid_cell",
        RedrawGridCell,
        PlaceView,
        roles=DRAWERS,
        reread="get_place",
        zh="调整网格",
        en="Redraw a grid cell",
    ),
    rpc(
        "export_grid_cells",
        CellsQuery,
        CellsView,
        roles=roles.SIGNED_IN,
        zh="社区网格（GeoJSON）",
        en="Grid cells of a community as GeoJSON",
    ),
    command(
        "import_places",
        None,
        PlacesImportView,
        roles=(roles.ADMINISTRATOR,),
        zh="从全国名录导入街道",
        en="Import streets from the national list",
    ),
)
