"""Organisations that may be recorded twice: candidates with a score and its reasons, a worklist, decisions."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles

REVIEWERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF)


class CandidateQuery(PageQuery):
    """Of one organisation."""

    organisation_id = Id("org", required=True)


class ReasonView(View):
    """A term of the score: ``name`` (Dice of character pairs), ``sound``, ``code``, ``phone``, ``place``."""

    term = fields.String()
    points = fields.Integer()
    zh = fields.String()


class CandidateView(View):
    """Another organisation that may be the same; ``score`` 0 to 100 is the sum of the reasons' points."""

    organisation_id = fields.String()
    name = fields.String()
    street_code = fields.String(allow_none=True)
    score = fields.Integer()
    reasons = fields.List(fields.Nested(ReasonView))


class PairQuery(PageQuery):
    """The worklist, best score first."""

    status = one_of("open", "dismissed", load_default="open")
    street_code = street_code()


class PairPath(Schema):
    """One pair."""

    pair_id = Id("dpr", required=True)


class PairView(View):
    """Two organisations and what was decided about them."""

    pair_id = fields.String()
    organisation_id = fields.String()
    name = fields.String()
    street_code = fields.String(allow_none=True)
    other_id = fields.String()
    other_name = fields.String()
    other_street_code = fields.String(allow_none=True)
    score = fields.Integer()
    reasons = fields.List(fields.Nested(ReasonView))
    status = fields.String()
    found_at = Instant()
    decided_by = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    decision = fields.String(allow_none=True)


class DismissDuplicate(Schema):
    """The two are not the same."""

    organisation_id = Id("org", required=True)
    other_id = Id("org", required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class ReopenDuplicate(PairPath):
    """They may be the same after all."""

    reason = Text(required=True, at_least=2, at_most=500)


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_organisation_duplicates",
        CandidateQuery,
        CandidateView,
        roles=REVIEWERS,
        many=True,
        zh="组织的疑似重复",
        en="Organisations that may be the same",
    ),
    rpc(
        "list_duplicate_pairs",
        PairQuery,
        PairView,
        roles=REVIEWERS,
        many=True,
        zh="疑似重复清单",
        en="Worklist of suspected duplicates",
    ),
    rpc("get_duplicate_pair", PairPath, PairView, roles=REVIEWERS, zh="查看疑似重复", en="A suspected duplicate"),
    command(
        "dismiss_duplicate",
        DismissDuplicate,
        PairView,
        roles=REVIEWERS,
        reread="get_duplicate_pair",
        zh="认定不是重复",
        en="Decide that two are not the same",
    ),
    command(
        "reopen_duplicate",
        ReopenDuplicate,
        PairView,
        roles=REVIEWERS,
        reread="get_duplicate_pair",
        zh="重新列为疑似重复",
        en="Suspect a duplicate again",
    ),
)
