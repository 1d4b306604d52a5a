"""What an organisation has several of: identifiers, contacts, addresses, service areas."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, day, one_of
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.organisations import REGISTRARS, OrganisationPath
from contracts.registry.personal import personal
from contracts.registry.shapes import phone

IDENTIFIER_TYPES = (
    "credit_code",
    "filing_number",
    "registration_number",
    "organisation_code",
    "tax_number",
    "charity_number",
    "other",
)
CONTACT_KINDS = ("responsible", "legal_representative", "liaison", "finance", "party_building", "other")
ADDRESS_KINDS = ("registered", "service", "correspondence")
WRITERS = (*REGISTRARS, roles.CSO)
READERS = (*roles.READERS, roles.CSO)
PLACE_CODE = validate.Regexp(r"^([0-9]{9}|[0-9]{12})\Z")


class ItemQuery(PageQuery):
    """Of one organisation; ``as_of``: what there was at that instant, without anything personal."""

    organisation_id = Id("org", required=True)
    as_of = Instant()


class Why(OrganisationPath):
    """Every change says why."""

    reason = Text(required=True, at_least=2, at_most=500)


class AddIdentifier(Why):
    """A number; of credit codes and filing numbers only former ones, those in force are the organisation's own."""

    type = one_of(*IDENTIFIER_TYPES, required=True)
    value = Text(required=True, at_least=2, at_most=60)
    issuer = Text(at_most=100)
    issued_on = day()
    valid_until = day()


class ChangeIdentifier(Why):
    """Only what is sent changes."""

    item_id = Id("idn", required=True)
    value = Text(at_least=2, at_most=60)
    issuer = Text(at_most=100, allow_none=True)
    issued_on = day(allow_none=True)
    valid_until = day(allow_none=True)


class RemoveIdentifier(Why):
    """A number recorded by mistake."""

    item_id = Id("idn", required=True)


class ItemView(View):
    """What all of them have."""

    item_id = fields.String()
    organisation_id = fields.String()


class IdentifierView(ItemView):
    """A number and its time; ``principal``: the one in force."""

    identifier_id = fields.String()
    type = fields.String(metadata={"enum": list(IDENTIFIER_TYPES)})
    value = fields.String()
    issuer = fields.String(allow_none=True)
    issued_on = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    principal = fields.Boolean()


class AddContact(Why):
    """Somebody to turn to; name, phone and e-mail are encrypted at rest and answered masked."""

    kind = one_of(*CONTACT_KINDS, required=True)
    name = Text(required=True, at_least=1, at_most=60)
    position = Text(at_most=40)
    phone = phone()
    email = fields.Email(validate=validate.Length(max=200))


class ChangeContact(Why):
    """Only what is sent changes."""

    item_id = Id("ctc", required=True)
    kind = one_of(*CONTACT_KINDS)
    name = Text(at_least=1, at_most=60)
    position = Text(at_most=40, allow_none=True)
    phone = phone(allow_none=True)
    email = fields.Email(validate=validate.Length(max=200), allow_none=True)


class RemoveContact(Why):
    """The person's data goes with it."""

    item_id = Id("ctc", required=True)


class ContactView(ItemView):
    """Masked."""

    contact_id = fields.String()
    kind = fields.String(metadata={"enum": list(CONTACT_KINDS)})
    position = fields.String(allow_none=True)
    name = personal("organisation_contact.name", "name", allow_none=True)
    phone = personal("organisation_contact.phone", "phone", allow_none=True)
    email = personal("organisation_contact.email", "email", allow_none=True)


class AddAddress(Why):
    """``registered`` and ``service`` addresses are public, ``correspondence`` is answered masked."""

    kind = one_of(*ADDRESS_KINDS, required=True)
    address = Text(required=True, at_least=2, at_most=200)
    community_code = community_code()
    postcode = fields.String(validate=validate.Regexp(r"^[0-9]{6}\Z"))
    valid_until = day()


class ChangeAddress(Why):
    """Only what is sent changes."""

    item_id = Id("adr", required=True)
    kind = one_of(*ADDRESS_KINDS)
    address = Text(at_least=2, at_most=200)
    community_code = community_code(allow_none=True)
    postcode = fields.String(validate=validate.Regexp(r"^[0-9]{6}\Z"), allow_none=True)
    valid_until = day(allow_none=True)


class RemoveAddress(Why):
    """An address that is none."""

    item_id = Id("adr", required=True)


class AddressView(ItemView):
    """Where it is."""

    address_id = fields.String()
    kind = fields.String(metadata={"enum": list(ADDRESS_KINDS)})
    address = personal("organisation_address.address", "address")
    community_code = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    valid_until = fields.Date(allow_none=True)


class AddArea(Why):
    """A street (9 digits) or community (12 digits) it serves."""

    place_code = fields.String(required=True, validate=PLACE_CODE)


class RemoveArea(Why):
    """It serves there no longer."""

    item_id = Id("sva", required=True)


class AreaView(ItemView):
    """A street or community."""

    area_id = fields.String()
    place_code = fields.String()
    level = fields.String()


def _items(noun: str, plural: str, zh: str, en: str, view: type[Schema], **takes: type[Schema]) -> list[Operation]:
    """add, change, remove and list of one of them."""
    verbs = {"add": ("新增", "Add"), "change": ("变更", "Change"), "remove": ("删除", "Remove")}
    made = [
        command(
            f"{verb}_organisation_{noun}",
            schema,
            view,
            roles=WRITERS,
            zh=verbs[verb][0] + zh,
            en=f"{verbs[verb][1]} {en}",
        )
        for verb, schema in takes.items()
    ]
    listed = rpc(
        f"list_organisation_{plural}", ItemQuery, view, roles=READERS, many=True, zh=f"组织的{zh}", en=f"List: {en}"
    )
    return [*made, listed]


OPERATIONS: tuple[Operation, ...] = (
    *_items(
        "identifier",
        "identifiers",
        "编号",
        "an organisation's identifier",
        IdentifierView,
        add=AddIdentifier,
        change=ChangeIdentifier,
        remove=RemoveIdentifier,
    ),
    *_items(
        "contact",
        "contacts",
        "联系人",
        "an organisation's contact",
        ContactView,
        add=AddContact,
        change=ChangeContact,
        remove=RemoveContact,
    ),
    *_items(
        "address",
        "addresses",
        "地址",
        "an organisation's address",
        AddressView,
        add=AddAddress,
        change=ChangeAddress,
        remove=RemoveAddress,
    ),
    *_items("area", "areas", "服务范围", "an organisation's service area", AreaView, add=AddArea, remove=RemoveArea),
)
