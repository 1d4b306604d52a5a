"""The pool of a round and what was amended, as shown."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Money, street_code


class PoolEarmark(Schema):
    """What a funder's money is for; an empty list binds nothing."""

    fields_ = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z")),
        attribute="fields",
        data_key="fields",
        load_default=list,
        validate=validate.Length(max=20),
    )
    street_codes = fields.List(street_code(), load_default=list, validate=validate.Length(max=50))


class PoolLineView(Schema):
    """A funder's line of the pool."""

    line_id = fields.String(attribute="id")
    round_id = fields.String()
    offer_id = fields.String()
    funder_organisation_id = fields.String()
    amount = Money(attribute="amount_fen")
    status = fields.String(metadata={"enum": ["named", "reserved", "refused", "released", "settled"]})
    reason = fields.String(allow_none=True)
    earmark = fields.Nested(PoolEarmark, allow_none=True)


class AmendmentView(Schema):
    """An amendment: what the rules' hash was and became; each rule before and after."""

    amended_at = fields.String()
    reason = fields.String()
    changed = fields.List(fields.String())
    hash_before = fields.String()
    hash_after = fields.String()
    before = fields.Dict(keys=fields.String())
    after = fields.Dict(keys=fields.String())
