"""Agreements (资助协议): versions that both sides sign, party A the bureau or street, party B the organisation."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, day
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.awards import AwardPath, AwardView, OnAward
from contracts.projects.proposals import BudgetLine
from contracts.projects.rounds import expected_version

STATUSES = ("proposed", "signed_by_a", "signed_by_b", "in_force", "superseded", "withdrawn")
PARTY_A = (roles.BUREAU, roles.STREET_STAFF)
PARTY_B = (roles.CSO, roles.HUB)
SEERS = (*roles.READERS, roles.CSO)


class SignAgreement(OnAward):
    """``content_hash``: what the signer read; another version is refused."""

    content_hash = fields.String(validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))


class TrancheTerm(Schema):
    """What a tranche becomes; only of those not released yet."""

    number = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=20))
    amount = Money(attribute="amount_fen", required=True)


class MilestoneTerm(Schema):
    """What a milestone becomes; only of those not accepted yet."""

    number = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=100))
    due_on = day(required=True)
    tranche_number = fields.Integer(strict=True, allow_none=True, validate=validate.Range(min=1, max=20))


class ProposeAgreementChange(OnAward):
    """A new version. What is left out stays; another amount (never above the award) brings its tranches and budget."""

    reason = Text(required=True, at_least=2, at_most=1000)
    amount = Money(attribute="amount_fen")
    tranches = fields.List(fields.Nested(TrancheTerm), validate=validate.Length(min=1, max=20))
    milestones = fields.List(fields.Nested(MilestoneTerm), validate=validate.Length(min=1, max=100))
    budget = fields.List(fields.Nested(BudgetLine), validate=validate.Length(min=1, max=40))
    ends_on = day()


class AgreementPath(Schema):
    """One version."""

    agreement_id = Id("agr", required=True)


class OnAgreement(AgreementPath):
    """A step of one version."""

    expected_version = expected_version()


class AgreementQuery(PageQuery, AwardPath):
    """Versions of one award's agreement."""


class SignatureView(Schema):
    """Who signed what, and when."""

    side = fields.String(metadata={"enum": ["a", "b"]})
    account_id = fields.String()
    role = fields.String()
    signed_at = Instant()
    signed_hash = fields.String()


class AgreementView(Schema):
    """``content_hash`` = SHA-256 of canonical JSON ``{number, terms, text_hash}``; that is what is signed."""

    agreement_id = fields.String(attribute="id")
    award_id = fields.String()
    organisation_id = fields.String()
    number = fields.Integer()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    terms = fields.Raw(metadata={"type": "object"})
    text = fields.String()
    text_hash = fields.String()
    content_hash = fields.String()
    reason = fields.String(allow_none=True)
    proposed_by_side = fields.String(metadata={"enum": ["a", "b"]})
    proposed_at = Instant(attribute="created_at")
    in_force_at = Instant(allow_none=True)
    signatures = fields.List(fields.Nested(SignatureView))


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_agreement", AgreementPath, AgreementView, roles=SEERS, zh="查看协议", en="A version of an agreement"),
    rpc(
        "list_agreements",
        AgreementQuery,
        AgreementView,
        roles=SEERS,
        many=True,
        zh="协议各版本",
        en="Versions of an agreement",
    ),
    command(
        "sign_agreement",
        SignAgreement,
        AwardView,
        roles=(*PARTY_A, *PARTY_B),
        zh="签署协议",
        en="Sign for one's side; with both signatures the version is in force",
        reread="get_award",
    ),
    command(
        "propose_agreement_change",
        ProposeAgreementChange,
        AgreementView,
        roles=(*PARTY_A, *PARTY_B),
        zh="提出协议变更",
        en="Propose a new version of the agreement",
        reread="get_agreement",
    ),
    command(
        "withdraw_agreement_change",
        OnAgreement,
        AgreementView,
        roles=(*PARTY_A, *PARTY_B),
        zh="撤回协议变更",
        en="Withdraw a version not in force yet",
        reread="get_agreement",
    ),
)
