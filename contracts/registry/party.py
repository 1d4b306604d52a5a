"""Party building (党建): forms, coverage, activities and member counts. No person is named anywhere."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.rulebooks import code
from contracts.registry.shapes import Evidence, NounView, Reason, evidence_list

STATUSES = ("active", "dissolved")
ACTIVITY_KINDS = ("meeting", "lesson", "theme_day", "volunteering", "joint", "other")
KEEPERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF, roles.HUB)
SEERS = (*roles.READERS, roles.CSO)


def _count(least: int, **kwargs: object) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=least, max=100_000), **kwargs)  # type: ignore[arg-type]


class SetPartyKind(Schema):
    """A form of party organisation: how many members it needs, and whether it counts as coverage."""

    code = code(required=True)
    zh = Text(required=True, at_least=1, at_most=30)
    en = Text(required=True, at_least=1, at_most=60)
    least_members = _count(0, required=True)
    covers = fields.Boolean(load_default=True)


class PartyKindView(View):
    """A form."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()
    least_members = fields.Integer()
    covers = fields.Boolean()


class PartyKindsView(Schema):
    """All of them."""

    items = fields.List(fields.Nested(PartyKindView))


class FoundPartyOrganisation(Schema):
    """In one organisation; a joint one covers others of its street besides."""

    organisation_id = Id("org", required=True)
    kind = code(required=True)
    founded_on = day(required=True)
    member_count = _count(0, required=True)
    covered_organisation_ids = fields.List(Id("org"), load_default=list, validate=validate.Length(max=30))


class PartyPath(Schema):
    """One party organisation."""

    party_organisation_id = Id("pto", required=True)


class CountPartyMembers(PartyPath):
    """How many members, as of a day not later than today."""

    member_count = _count(0, required=True)
    as_of = day(required=True)


class RecordPartyActivity(PartyPath):
    """What took place; how many were there, not who."""

    kind = one_of(*ACTIVITY_KINDS, required=True)
    held_on = day(required=True)
    attendance = _count(1, required=True)
    topic = Text(required=True, at_least=2, at_most=100)
    evidence = evidence_list()


class DissolvePartyOrganisation(PartyPath, Reason):
    """It exists no more."""

    dissolved_on = day(required=True)


class PartyQuery(PageQuery):
    """Filters; scope is applied besides."""

    organisation_id = Id("org")
    kind = code()
    status = one_of(*STATUSES)
    street_code = street_code()


class PartyActivityQuery(PageQuery):
    """Filters; scope is applied besides."""

    party_organisation_id = Id("pto")
    organisation_id = Id("org")
    kind = one_of(*ACTIVITY_KINDS)
    street_code = street_code()


class CoverageQuery(Schema):
    """Activities count within the year."""

    street_code = street_code()
    year = fields.Integer(validate=validate.Range(min=2000, max=2200))


class PartyCountView(View):
    """A count as of a day."""

    member_count = fields.Integer()
    as_of = fields.Date()


class PartyView(NounView):
    """A party organisation of one organisation, and those it covers besides."""

    party_organisation_id = fields.String()
    organisation_id = fields.String()
    covered_organisation_ids = fields.List(fields.String())
    kind = fields.String()
    founded_on = fields.Date()
    member_count = fields.Integer()
    counted_on = fields.Date()
    counts = fields.List(fields.Nested(PartyCountView))
    dissolved_on = fields.Date(allow_none=True)
    dissolved_reason = fields.String(allow_none=True)


class PartyActivityView(View):
    """An activity."""

    activity_id = fields.String()
    party_organisation_id = fields.String()
    organisation_id = fields.String()
    street_code = fields.String(allow_none=True)
    kind = fields.String()
    held_on = fields.Date()
    attendance = fields.Integer()
    topic = fields.String()
    evidence = fields.List(fields.Nested(Evidence))
    recorded_at = Instant()


class StreetCoverage(View):
    """One street; ``coverage_hundredths`` of a percent of its active community organisations."""

    street_code = fields.String(allow_none=True)
    organisations = fields.Integer()
    covered = fields.Integer()
    coverage_hundredths = fields.Integer()
    party_organisations = fields.Integer()
    by_kind = fields.Dict(keys=fields.String(), values=fields.Integer())
    members = fields.Integer()
    activities = fields.Integer()
    attendance = fields.Integer()
    red_flags = fields.Integer()


class CoverageView(Schema):
    """Every street the caller may see."""

    year = fields.Integer()
    items = fields.List(fields.Nested(StreetCoverage))


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, PartyView, roles=KEEPERS, reread="get_party_organisation", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    command("set_party_kind", SetPartyKind, PartyKindView, roles=(roles.BUREAU,), zh="设置党组织形式", en="Set a form"),
    rpc("list_party_kinds", None, PartyKindsView, roles=roles.SIGNED_IN, zh="党组织形式", en="Forms"),
    _step("found_party_organisation", FoundPartyOrganisation, "登记党组织", "Record a party organisation"),
    _step("count_party_members", CountPartyMembers, "更新党员人数", "Record the member count"),
    _step("record_party_activity", RecordPartyActivity, "记录党组织活动", "Record an activity"),
    _step("dissolve_party_organisation", DissolvePartyOrganisation, "撤销党组织", "Dissolve a party organisation"),
    rpc("get_party_organisation", PartyPath, PartyView, roles=SEERS, zh="查看党组织", en="One party organisation"),
    rpc(
        "list_party_organisations",
        PartyQuery,
        PartyView,
        roles=SEERS,
        many=True,
        zh="党组织列表",
        en="Party organisations",
    ),
    rpc(
        "list_party_activities",
        PartyActivityQuery,
        PartyActivityView,
        roles=SEERS,
        many=True,
        zh="党组织活动",
        en="Activities",
    ),
    rpc(
        "get_party_coverage", CoverageQuery, CoverageView, roles=roles.READERS, zh="党建覆盖", en="Coverage per street"
    ),
)
