"""Suggestions (S3): for one need the best offers, for one offer the best needs, each explained."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.operations import Operation, rpc
from contracts import roles
from contracts.resources.needs import NeedQuery, ReasonView, TermView
from contracts.resources.offers import OfferQuery


def _limit() -> fields.Integer:
    return fields.Integer(load_default=20, validate=validate.Range(min=1, max=100))


class SuggestionsQuery(NeedQuery):
    """How many candidates to show."""

    limit = _limit()


class NeedSuggestionsQuery(OfferQuery):
    """How many candidates to show."""

    limit = _limit()


class CandidateView(Schema):
    """An offer that could serve the need; the score is the sum of the terms."""

    offer_id = fields.String()
    title = fields.String()
    provider_organisation_id = fields.String()
    provider_name = fields.String(allow_none=True)
    quantity = fields.Integer(metadata={"description": "可对接数量 / how much of it fits"})
    unit = fields.String()
    score = fields.Integer()
    terms = fields.List(fields.Nested(TermView))


class FitsIfView(ReasonView):
    """What would have to be otherwise; ``detail``: by how much (units, streets, fields, skills, days)."""

    detail = fields.Dict(keys=fields.String())


class ExcludedView(Schema):
    """An offer of the same kind that cannot serve the need, with every reason.

    ``fits_if`` has an entry per reason, or none where nothing may make it fit.
    """

    offer_id = fields.String()
    title = fields.String()
    reasons = fields.List(fields.Nested(ReasonView))
    fits_if = fields.List(fields.Nested(FitsIfView))


class SuggestionsView(Schema):
    """Best first; what is out says why. ``topics``: what the need was read to lack."""

    need_id = fields.String()
    missing = fields.Integer()
    unit = fields.String()
    topics = fields.List(fields.String())
    candidates = fields.List(fields.Nested(CandidateView))
    excluded = fields.List(fields.Nested(ExcludedView))


class NeedCandidateView(Schema):
    """A need that the offer could serve; the score is the sum of the terms."""

    need_id = fields.String()
    title = fields.String()
    organisation_id = fields.String(allow_none=True, metadata={"description": "居民需求为空 / null: a resident's"})
    organisation_name = fields.String(allow_none=True)
    street_code = fields.String(allow_none=True)
    due_on = fields.Date()
    quantity = fields.Integer(metadata={"description": "可对接数量 / how much of it fits"})
    unit = fields.String()
    score = fields.Integer()
    terms = fields.List(fields.Nested(TermView))


class NeedSuggestionsView(Schema):
    """Best first. ``topics``: what the offer was read to be, with what is broader."""

    offer_id = fields.String()
    free = fields.Integer()
    unit = fields.String()
    topics = fields.List(fields.String())
    candidates = fields.List(fields.Nested(NeedCandidateView))


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_suggestions",
        SuggestionsQuery,
        SuggestionsView,
        roles=(*roles.READERS, roles.CSO),
        zh="对接推荐",
        en="Suggest offers for a need",
    ),
    rpc(
        "list_need_suggestions",
        NeedSuggestionsQuery,
        NeedSuggestionsView,
        roles=(*roles.READERS, roles.PROVIDER),
        zh="为资源推荐需求",
        en="Suggest needs for an offer",
    ),
)
