"""Credentials (资质): skills, training, age checks and insurance on record, each with its period and evidence."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.evidence import EvidenceView, evidence_list, expected_version
from contracts.projects.order_kinds import REQUIREMENTS

RECORDERS = (roles.STREET_STAFF, roles.BUREAU)
SEERS = (*roles.READERS, roles.CSO, roles.TALENT)


class RecordCredential(Schema):
    """A fact staff have seen. Of an organisation or of one person; for one kind of service, or for any."""

    requirement = one_of(*REQUIREMENTS, required=True)
    organisation_id = Id("org")
    account_id = Id("acc")
    street_code = street_code(required=True)
    service_kind = fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    title = Text(required=True, at_least=2, at_most=100)
    valid_from = day(required=True)
    valid_until = day()
    evidence = evidence_list(at_least=1)


class CredentialPath(Schema):
    """One credential."""

    credential_id = Id("crd", required=True)


class RevokeCredential(CredentialPath):
    """It no longer counts, from now on."""

    reason = Text(required=True, at_least=2, at_most=500)
    expected_version = expected_version()


class CredentialQuery(PageQuery):
    """Filters; scope is applied besides."""

    organisation_id = Id("org")
    account_id = Id("acc")
    requirement = one_of(*REQUIREMENTS)


class CredentialView(Schema):
    """A credential."""

    credential_id = fields.String(attribute="id")
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    requirement = fields.String(metadata={"enum": list(REQUIREMENTS)})
    organisation_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    service_kind = fields.String(allow_none=True)
    title = fields.String()
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceView))
    training_id = fields.String(allow_none=True, metadata={"description": "由培训而来 / the training it came from"})
    recorded_by = fields.String()
    revoked_at = Instant(allow_none=True)
    reason = fields.String(allow_none=True)
    created_at = Instant()


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_credential", CredentialPath, CredentialView, roles=SEERS, zh="查看资质", en="One credential"),
    rpc(
        "list_credentials",
        CredentialQuery,
        CredentialView,
        roles=SEERS,
        many=True,
        zh="资质列表",
        en="Credentials in scope",
    ),
    command(
        "record_credential",
        RecordCredential,
        CredentialView,
        roles=RECORDERS,
        zh="登记资质",
        en="Record a credential",
        reread="get_credential",
    ),
    command(
        "revoke_credential",
        RevokeCredential,
        CredentialView,
        roles=RECORDERS,
        zh="撤销资质",
        en="Revoke a credential",
        reread="get_credential",
    ),
)
