"""Norms of the talent grid, and how far each cell is from them: a list for staff, a map for all who work there."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.one_list_facts import cell_code
from contracts.resources.talents import skill_code

BASES = ("residents", "cell")
LEVELS = ("cell", "community", "street")
_PEOPLE = validate.Range(min=1, max=10_000)


class PublishTalentNorm(Schema):
    """``people`` of a skill per ``residents`` residents, or per cell. It replaces the skill's norm before it."""

    skill = skill_code(required=True)
    basis = one_of(*BASES, required=True)
    people = fields.Integer(required=True, strict=True, validate=_PEOPLE)
    residents = fields.Integer(load_default=1000, strict=True, validate=validate.Range(min=1, max=1_000_000))


class TalentNormPath(Schema):
    """One norm."""

    talent_norm_id = Id("tnm", required=True)


class TalentNormQuery(PageQuery):
    """Norms, newest first; ``current``: only those in force."""

    skill = skill_code()
    current = fields.Boolean()


class SetCellResidents(Schema):
    """How many people live in a cell: the denominator of norms by residents."""

    cell_code = cell_code(required=True)
    residents = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1_000_000))
    as_of = day(required=True)


class CellResidentsQuery(PageQuery):
    """Filters; all optional."""

    street_code = street_code()
    community_code = community_code()


class TalentGapQuery(PageQuery):
    """Of a street, by cell, by community or altogether, for the skills that have a norm."""

    street_code = street_code(required=True)
    level = one_of(*LEVELS, load_default="cell")
    skill = skill_code()


class TalentMapQuery(PageQuery):
    """The cells of a street for one skill."""

    street_code = street_code(required=True)
    skill = skill_code(required=True)


class TalentNormView(Schema):
    """A norm."""

    talent_norm_id = fields.String(attribute="id")
    district_code = fields.String()
    skill = fields.String()
    number = fields.Integer()
    basis = fields.String(metadata={"enum": list(BASES)})
    people = fields.Integer()
    residents = fields.Integer()
    is_current = fields.Boolean()
    published_at = Instant()


class CellResidentsView(Schema):
    """How many people live in a cell."""

    cell_id = fields.String(attribute="id")
    cell_code = fields.String()
    street_code = fields.String()
    residents = fields.Integer()
    as_of = fields.Date()


class TalentGapView(Schema):
    """How many there are, how many the norm asks for, how many are missing; ``need`` is empty where it is not known
    how many people live there."""

    place_code = fields.String()
    skill = fields.String()
    residents = fields.Integer(allow_none=True)
    have = fields.Integer()
    need = fields.Integer(allow_none=True)
    gap = fields.Integer(allow_none=True)
    cells = fields.Integer()
    cells_short = fields.Integer()


class MapProperties(Schema):
    """Of a cell; ``have`` and ``gap`` are empty where showing them would point at few people (``hidden``)."""

    code = fields.String()
    name = fields.String()
    community_code = fields.String()
    skill = fields.String()
    have = fields.Integer(allow_none=True)
    need = fields.Integer(allow_none=True)
    gap = fields.Integer(allow_none=True)
    hidden = fields.Boolean()


class MapFeature(Schema):
    """A GeoJSON Feature: the cell's boundary, its centre where the boundary is large, null where nobody drew it."""

    type = fields.String(metadata={"enum": ["Feature"]})
    id = fields.String()
    geometry = fields.Raw(allow_none=True)
    properties = fields.Nested(MapProperties)


class TalentMapView(Schema):
    """A GeoJSON FeatureCollection (RFC 7946), with ``next_cursor`` and ``least_count`` as foreign members."""

    type = fields.String(metadata={"enum": ["FeatureCollection"]})
    features = fields.List(fields.Nested(MapFeature))
    least_count = fields.Integer()
    next_cursor = fields.String(allow_none=True)


_STREET = (*roles.STAFF, roles.GRID_WORKER, roles.AUDITOR)

OPERATIONS: tuple[Operation, ...] = (
    rpc("get_talent_norm", TalentNormPath, TalentNormView, roles=roles.SIGNED_IN, zh="查看人才标准", en="One norm"),
    rpc(
        "list_talent_norms",
        TalentNormQuery,
        TalentNormView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="人才配置标准",
        en="Norms of the talent grid",
    ),
    rpc(
        "list_cell_residents",
        CellResidentsQuery,
        CellResidentsView,
        roles=_STREET,
        many=True,
        zh="网格人口",
        en="Residents of grid cells",
    ),
    rpc(
        "list_talent_gaps",
        TalentGapQuery,
        TalentGapView,
        roles=_STREET,
        many=True,
        zh="人才覆盖与缺口",
        en="Talents and gaps by place and skill",
    ),
    rpc(
        "export_talent_map",
        TalentMapQuery,
        TalentMapView,
        roles=(*_STREET, roles.HUB),
        zh="人才缺口地图（GeoJSON）",
        en="Gaps on a map (GeoJSON), small counts hidden",
    ),
    command(
        "publish_talent_norm",
        PublishTalentNorm,
        TalentNormView,
        roles=(roles.BUREAU,),
        zh="发布人才配置标准",
        en="Publish a norm",
        reread="get_talent_norm",
    ),
    command(
        "set_cell_residents",
        SetCellResidents,
        CellResidentsView,
        roles=(roles.BUREAU, roles.STREET_STAFF),
        zh="设定网格人口",
        en="Set how many people live in a cell",
    ),
)
