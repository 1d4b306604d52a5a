"""Decisions (评审结果): determination by the frozen rule, public notice, objections, awarding."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.overrides import PublicOverrideView
from contracts.projects.rounds import ORGANISERS, OnRound, RoundPath

OUTCOMES = ("recommended", "reserve", "not_recommended", "declined")


class RaiseObjection(RoundPath):
    """Anybody signed in objects to a proposal on notice."""

    proposal_id = Id("prp", required=True)
    grounds = Text(required=True, at_least=4, at_most=4000)


class ObjectionPath(Schema):
    """One objection."""

    objection_id = Id("obj", required=True)


class SettleObjection(ObjectionPath):
    """The finding of the inquiry."""

    finding = Text(required=True, at_least=2, at_most=4000)


class ObjectionQuery(PageQuery):
    """Filters."""

    round_id = Id("rnd")
    proposal_id = Id("prp")
    status = one_of("open", "rejected", "upheld")


class ExplanationView(Schema):
    """Why, in words."""

    zh = fields.String()
    en = fields.String()


class OutcomeView(Schema):
    """One proposal's outcome; the numbers are null until the results are published."""

    proposal_id = fields.String()
    organisation_id = fields.String()
    title = fields.String()
    outcome = fields.String(metadata={"enum": list(OUTCOMES)})
    rank = fields.Integer(allow_none=True)
    amount = Money(attribute="amount_fen")
    asked = Money(attribute="asked_fen")
    reason = fields.String(allow_none=True)
    figures = fields.Dict(allow_none=True)
    computed = fields.String(allow_none=True, metadata={"description": "规则原结果 / what the rule said"})
    judge_score = fields.String(allow_none=True)
    support = fields.Integer(allow_none=True)
    combined = fields.String(allow_none=True)
    explanation = fields.Nested(ExplanationView, allow_none=True)


class DecisionView(Schema):
    """The decision of a round. Outcomes of other streets are left out for a street's people."""

    decision_id = fields.String(attribute="id")
    round_id = fields.String()
    status = fields.String(metadata={"enum": ["determined", "on_notice", "final"]})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    rule = fields.String()
    rules_hash = fields.String()
    input_hash = fields.String()
    result_hash = fields.String(allow_none=True)
    budget = Money(attribute="budget_fen")
    spent = Money(attribute="spent_fen")
    determined_at = Instant()
    notice_published_at = Instant(allow_none=True)
    notice_ends_at = Instant(allow_none=True)
    outcomes = fields.List(fields.Nested(OutcomeView))
    overrides = fields.List(fields.Nested(PublicOverrideView))


class ObjectionView(Schema):
    """An objection and what came of it."""

    objection_id = fields.String(attribute="id")
    round_id = fields.String()
    proposal_id = fields.String()
    status = fields.String(metadata={"enum": ["open", "rejected", "upheld"]})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    grounds = fields.String()
    finding = fields.String(allow_none=True)
    raised_at = Instant()
    settled_at = Instant(allow_none=True)


SETTLERS = ORGANISERS
OPERATIONS: tuple[Operation, ...] = (
    command(
        "determine_round",
        OnRound,
        DecisionView,
        roles=ORGANISERS,
        zh="按规则产生结果",
        en="Decide by the frozen rule",
        reread="get_decision",
    ),
    rpc("get_decision", RoundPath, DecisionView, roles=roles.PUBLIC, zh="查看评审结果", en="The decision of a round"),
    command(
        "publish_notice",
        OnRound,
        DecisionView,
        roles=ORGANISERS,
        zh="发布公示",
        en="Publish the notice of winners",
        reread="get_decision",
    ),
    command(
        "award_round",
        OnRound,
        DecisionView,
        roles=ORGANISERS,
        zh="确定资助",
        en="Award after the notice",
        reread="get_decision",
    ),
    command(
        "raise_objection",
        RaiseObjection,
        ObjectionView,
        roles=roles.SIGNED_IN,
        zh="提出异议",
        en="Object to a proposal on notice",
        reread="get_objection",
    ),
    command(
        "reject_objection",
        SettleObjection,
        ObjectionView,
        roles=SETTLERS,
        zh="驳回异议",
        en="Reject an objection",
        reread="get_objection",
    ),
    command(
        "uphold_objection",
        SettleObjection,
        ObjectionView,
        roles=SETTLERS,
        zh="支持异议",
        en="Uphold: declined, the next reserve moves up",
        reread="get_objection",
    ),
    rpc("get_objection", ObjectionPath, ObjectionView, roles=roles.SIGNED_IN, zh="查看异议", en="One objection"),
    rpc(
        "list_objections",
        ObjectionQuery,
        ObjectionView,
        roles=roles.READERS,
        many=True,
        zh="异议列表",
        en="Objections in scope",
    ),
)
