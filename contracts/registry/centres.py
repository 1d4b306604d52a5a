"""Centres (中心园区、街道孵化中心): who they are, when they are open, who operates and staffs them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.shapes import Evidence, NounView, Reason, evidence_list, expected_version

KINDS = ("park", "street")
LEVELS = ("national", "provincial", "municipal", "district", "street")
STATUSES = ("preparing", "open", "suspended", "closed")
CHANNELS = ("online", "offline", "both")
POSTS = ("director", "deputy", "reception", "specialist", "steward", "training", "finance", "volunteer_lead")
OPERATOR_STATUSES = ("agreed", "ended", "annulled")
FOUNDERS = (roles.BUREAU,)
KEEPERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF)
_TIME = validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z|^24:00\Z")


class Span(Schema):
    """From a time of day until another, Asia/Shanghai; 24:00 is the day's end."""

    from_ = fields.String(required=True, validate=_TIME, data_key="from", attribute="from")
    until = fields.String(required=True, validate=_TIME)


def _spans() -> fields.List[object]:
    return fields.List(fields.Nested(Span), validate=validate.Length(max=6), load_default=list)


class ExceptionalDay(Schema):
    """One day that is unlike its kind; no spans: closed."""

    on = day(required=True)
    spans = _spans()
    note = Text(at_most=100, load_default="")


class OpeningHours(Schema):
    """On working days and on days off of the Chinese holiday calendar, and on days named one by one."""

    workday = _spans()
    restday = _spans()
    exceptions = fields.List(fields.Nested(ExceptionalDay), validate=validate.Length(max=366), load_default=list)


class CentreService(Schema):
    """A service of the centre, offline, online (云上) or both."""

    code = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    title = Text(required=True, at_least=2, at_most=100)
    channel = one_of(*CHANNELS, required=True)


def _services(**kwargs: object) -> fields.List[object]:
    return fields.List(fields.Nested(CentreService), validate=validate.Length(max=50), **kwargs)  # type: ignore[arg-type]


class FoundCentre(Schema):
    """The district's one centre park, or the one incubation centre of a street."""

    kind = one_of(*KINDS, required=True)
    name = Text(required=True, at_least=2, at_most=100)
    level = one_of(*LEVELS, required=True)
    founded_on = day(required=True)
    address = Text(required=True, at_least=2, at_most=200)
    street_code = street_code()
    community_code = community_code()
    hours = fields.Nested(OpeningHours, required=True)
    services = _services(load_default=list)


class CentrePath(Schema):
    """One centre."""

    centre_id = Id("ctr", required=True)


class ChangeCentre(CentrePath):
    """Only the fields named change."""

    name = Text(at_least=2, at_most=100)
    level = one_of(*LEVELS)
    address = Text(at_least=2, at_most=200)
    hours = fields.Nested(OpeningHours)
    services = _services()
    expected_version = expected_version()


class OnCentre(CentrePath):
    """A step of one centre."""

    expected_version = expected_version()


class CentreReason(CentrePath, Reason):
    """A step that must be explained."""


class NamePilotCentre(CentrePath):
    """The street of the centre becomes a pilot."""

    pilot_since = day(required=True)
    expected_version = expected_version()


class CentreQuery(PageQuery):
    """Filters; scope is applied besides."""

    kind = one_of(*KINDS)
    status = one_of(*STATUSES)
    street_code = street_code()


class Period(Schema):
    """First and last day, both inclusive; at most 31 days."""

    from_on = day(required=True)
    until_on = day(required=True)


class CentreDays(CentrePath, Period):
    """When a centre is open."""


class ContractOperator(CentrePath, Period):
    """The professional team (专业运营团队) that operates the centre, and its contract."""

    organisation_id = Id("org", required=True)
    title = Text(required=True, at_least=2, at_most=200)
    contract_number = Text(at_most=60, load_default="")
    duties = Text(at_most=4000, load_default="")
    evidence = evidence_list()


class OperatorPath(CentrePath):
    """One contract."""

    operator_id = Id("opr", required=True)


class EndOperator(OperatorPath):
    """The contract ends earlier; before it began: it never did."""

    until_on = day(required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class CentrePageQuery(CentrePath, PageQuery):
    """What belongs to one centre."""


class FillPost(CentrePath):
    """Somebody with an account works at the centre."""

    account_id = Id("acc", required=True)
    post = one_of(*POSTS, required=True)
    from_on = day(required=True)
    until_on = day()


class EndPost(CentrePath):
    """They work there until that day."""

    post_id = Id("pst", required=True)
    until_on = day(required=True)


class PostQuery(CentrePageQuery):
    """Who works there on a day."""

    on = day()


class OperatorView(View):
    """An operating contract."""

    operator_id = fields.String()
    centre_id = fields.String()
    organisation_id = fields.String()
    title = fields.String()
    contract_number = fields.String()
    duties = fields.String()
    from_on = fields.Date()
    until_on = fields.Date()
    status = fields.String(metadata={"enum": list(OPERATOR_STATUSES)})
    evidence = fields.List(fields.Nested(Evidence))
    street_code = fields.String(allow_none=True)


class PostView(View):
    """Somebody's work at a centre; ``until_on`` null: until further notice."""

    post_id = fields.String()
    centre_id = fields.String()
    account_id = fields.String()
    post = fields.String(metadata={"enum": list(POSTS)})
    from_on = fields.Date()
    until_on = fields.Date(allow_none=True)
    street_code = fields.String(allow_none=True)


class CentreView(NounView):
    """A centre."""

    centre_id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    name = fields.String()
    level = fields.String(metadata={"enum": list(LEVELS)})
    founded_on = fields.Date()
    address = fields.String()
    community_code = fields.String(allow_none=True)
    hours = fields.Raw()
    services = fields.Raw()
    pilot_since = fields.Date(allow_none=True)
    status_reason = fields.String(allow_none=True)


class CentreDetail(CentreView):
    """A centre with the team that operates it today and how many people work there, by post."""

    operator = fields.Nested(OperatorView, allow_none=True)
    staffing = fields.Dict(keys=fields.String(), values=fields.Integer())


class CentreDay(Schema):
    """A day's opening; ``confirmed`` false: that year's holidays are not published yet."""

    day = fields.Date()
    workday = fields.Boolean()
    confirmed = fields.Boolean()
    spans = fields.List(fields.Nested(Span))
    note = fields.String()


class CentreDaysView(Schema):
    """Day by day; a centre that is not open has no spans."""

    centre_id = fields.String()
    items = fields.List(fields.Nested(CentreDay))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, CentreDetail, roles=who, reread="get_centre", zh=zh, en=en)


_SEEN = roles.SIGNED_IN
OPERATIONS: tuple[Operation, ...] = (
    _step("found_centre", FoundCentre, FOUNDERS, "登记中心", "Enter a centre"),
    _step("change_centre", ChangeCentre, KEEPERS, "更新中心", "Change a centre"),
    _step("open_centre", OnCentre, KEEPERS, "开放中心", "Open a centre"),
    _step("suspend_centre", CentreReason, KEEPERS, "暂停开放", "Suspend a centre"),
    _step("resume_centre", OnCentre, KEEPERS, "恢复开放", "Resume a centre"),
    _step("close_centre", CentreReason, FOUNDERS, "关闭中心", "Close a centre"),
    _step("name_pilot_centre", NamePilotCentre, FOUNDERS, "确定试点街道", "Name a street a pilot"),
    _step("contract_operator", ContractOperator, FOUNDERS, "签约运营团队", "Contract an operating team"),
    _step("end_operator_contract", EndOperator, FOUNDERS, "终止运营合同", "End an operating contract"),
    _step("fill_centre_post", FillPost, KEEPERS, "配备工作人员", "Fill a post"),
    _step("end_centre_post", EndPost, KEEPERS, "结束任职", "End a post"),
    rpc("get_centre", CentrePath, CentreDetail, roles=_SEEN, zh="查看中心", en="One centre"),
    rpc("list_centres", CentreQuery, CentreView, roles=_SEEN, many=True, zh="中心列表", en="Centres"),
    rpc("get_centre_days", CentreDays, CentreDaysView, roles=_SEEN, zh="开放日历", en="When a centre is open"),
    rpc(
        "list_centre_operators",
        CentrePageQuery,
        OperatorView,
        roles=roles.READERS,
        many=True,
        zh="运营合同",
        en="Operating contracts",
    ),
    rpc("list_centre_posts", PostQuery, PostView, roles=roles.READERS, many=True, zh="人员配备", en="Staffing"),
)
