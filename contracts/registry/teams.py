"""Service teams "1+1+N": a specialist, a steward and N back-office resources."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles

TEAM_ROLES = (roles.SPECIALIST, roles.STEWARD)
STAFFERS = (roles.SPECIALIST, roles.BUREAU)
SEERS = (*roles.READERS, roles.CSO)
HAND_OVER_STATUSES = ("planned", "done", "undone", "failed", "void")
RESOURCE_KINDS = ("legal", "finance", "training", "publicity", "venue", "funding", "mentor", "volunteer", "other")


class TeamPath(Schema):
    """The team of one case."""

    case_id = Id("cas", required=True)


class AssignTeamMember(TeamPath):
    """The first holder of a role."""

    role = one_of(*TEAM_ROLES, required=True)
    account_id = Id("acc", required=True)


class HandOverTeamRole(AssignTeamMember):
    """Ends one holder's service and starts the next one's at the same instant."""

    reason = Text(required=True, at_least=2, at_most=500)


class PlanTeamHandOver(HandOverTeamRole):
    """A hand-over dated later; until then whoever serves goes on serving."""

    effective_at = Instant(required=True)


class UndoTeamHandOver(TeamPath):
    """The plan is given up before its time comes."""

    hand_over_id = Id("hov", required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class SuggestTeamMember(TeamPath):
    """Who should take the case."""

    role = one_of(*TEAM_ROLES, required=True)


class SuggestHandOvers(Schema):
    """Which hand-overs would even out the load of one role."""

    role = one_of(*TEAM_ROLES, required=True)
    limit = fields.Integer(validate=validate.Range(min=1, max=200))


class LinkCaseResource(TeamPath):
    """One of the N: a person with an account, an offer of resources, or simply described."""

    kind = one_of(*RESOURCE_KINDS, required=True)
    title = Text(required=True, at_least=2, at_most=200)
    account_id = Id("acc")
    offer_id = Id("ofr")


class ReleaseCaseResource(TeamPath):
    """The resource serves the case no longer."""

    link_id = Id("lnk", required=True)


class CaseloadQuery(Schema):
    """Of one role."""

    role = one_of(*TEAM_ROLES)


class TeamMemberView(Schema):
    """Who serves, or served; ``valid_until`` null: serving."""

    role = fields.String(metadata={"enum": list(TEAM_ROLES)})
    account_id = fields.String()
    valid_from = Instant()
    valid_until = Instant(allow_none=True)


class ResourceLinkView(Schema):
    """One of the N."""

    link_id = fields.String()
    kind = fields.String(metadata={"enum": list(RESOURCE_KINDS)})
    title = fields.String()
    account_id = fields.String(allow_none=True)
    offer_id = fields.String(allow_none=True)
    valid_from = Instant()
    valid_until = Instant(allow_none=True)


class HandOverView(Schema):
    """A hand-over dated later."""

    hand_over_id = fields.String()
    role = fields.String(metadata={"enum": list(TEAM_ROLES)})
    account_id = fields.String()
    effective_at = Instant()
    reason = fields.String()
    status = fields.String(metadata={"enum": list(HAND_OVER_STATUSES)})
    outcome = fields.String(allow_none=True)


class TeamView(Schema):
    """The whole team of a case with its history."""

    case_id = fields.String()
    organisation_id = fields.String()
    street_code = fields.String(allow_none=True)
    complete = fields.Boolean()
    members = fields.List(fields.Nested(TeamMemberView))
    resources = fields.List(fields.Nested(ResourceLinkView))
    hand_overs = fields.List(fields.Nested(HandOverView))


class CaseloadView(Schema):
    """How many cases somebody serves, and how many more they may."""

    account_id = fields.String()
    role = fields.String()
    cases = fields.Integer()
    free = fields.Integer()


class SuggestionView(Schema):
    """Somebody with a place left. ``reasons``: the published terms and what each adds to the score (0–100)."""

    account_id = fields.String()
    score = fields.Integer()
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer())
    cases = fields.Integer()
    free = fields.Integer()


class SuggestionsView(Schema):
    """Best first."""

    case_id = fields.String()
    items = fields.List(fields.Nested(SuggestionView))


class MoveView(Schema):
    """A hand-over that would even out the load. ``reasons``: both loads before and after it, and the days served."""

    case_id = fields.String()
    from_account_id = fields.String()
    to_account_id = fields.String()
    reasons = fields.Dict(keys=fields.String(), values=fields.Integer())


class MovesView(Schema):
    """In the order in which they help most."""

    items = fields.List(fields.Nested(MoveView))


class CaseloadsView(Schema):
    """The least loaded first."""

    items = fields.List(fields.Nested(CaseloadView))


def _step(name: str, takes: type[Schema], zh: str, en: str, who: tuple[str, ...] = STAFFERS) -> Operation:
    return command(name, takes, TeamView, roles=who, reread="get_service_team", zh=zh, en=en)


_LINKERS = (*STAFFERS, roles.STEWARD, roles.HUB, roles.STREET_STAFF)
OPERATIONS: tuple[Operation, ...] = (
    _step("assign_team_member", AssignTeamMember, "配备专员或管家", "Assign a specialist or steward"),
    _step("hand_over_team_role", HandOverTeamRole, "办理交接", "Hand a role over"),
    _step("plan_team_hand_over", PlanTeamHandOver, "约定日后交接", "Plan a hand-over"),
    _step("undo_team_hand_over", UndoTeamHandOver, "撤销交接计划", "Undo a planned hand-over"),
    rpc(
        "suggest_team_member", SuggestTeamMember, SuggestionsView, roles=STAFFERS, zh="推荐人选", en="Who should serve"
    ),
    rpc("suggest_hand_overs", SuggestHandOvers, MovesView, roles=STAFFERS, zh="均衡建议", en="Hand-overs that balance"),
    _step("link_case_resource", LinkCaseResource, "对接后台资源", "Link a resource", _LINKERS),
    _step("release_case_resource", ReleaseCaseResource, "结束后台资源", "Release a resource", _LINKERS),
    rpc("get_service_team", TeamPath, TeamView, roles=SEERS, zh="查看服务团队", en="The service team"),
    rpc("list_caseloads", CaseloadQuery, CaseloadsView, roles=STAFFERS, zh="在办数量", en="Caseloads"),
)
