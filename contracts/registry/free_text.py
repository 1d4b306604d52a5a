"""Erasing a text that names somebody (PIPL art. 47), record by record."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import one_of
from chassis.operations import Operation, command
from contracts import roles

# Prefix of the record → texts that may be erased. The record itself stays.
REDACTABLE: dict[str, tuple[str, ...]] = {
    "vis": ("summary",),
    "fnd": ("text", "rectification", "recheck_note"),
    "con": ("question", "answer"),
    "obj": ("text", "reason"),
    "chg": ("reason",),
    "mtg": ("topic",),
    "trs": ("summary",),
}
# As for an account: PIPL art. 47, (1)–(5).
GROUNDS = ("purpose_ended", "service_ended", "consent_withdrawn", "unlawful", "other_law")


class RedactText(Schema):
    """Which text, and on what ground."""

    record_id = fields.String(
        required=True,
        validate=validate.Regexp(r"^(vis|fnd|con|obj|chg|mtg|trs)_[0-7][0-9a-hjkmnp-tv-z]{25}\Z"),
        metadata={"description": "督导、整改、咨询、异议、变更记录、小组会议或培训 / the record"},
    )
    field = one_of(*sorted({name for names in REDACTABLE.values() for name in names}), required=True)
    ground = one_of(*GROUNDS, required=True)


class RedactionView(Schema):
    """What went."""

    record_id = fields.String()
    field = fields.String()
    ground = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    command(
        "redact_text",
        RedactText,
        RedactionView,
        roles=(roles.BUREAU,),
        zh="删除记录中的个人信息文字",
        en="Erase a text that names somebody",
    ),
)
