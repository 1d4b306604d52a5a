"""Rows as drafts of organisations: the schema and the rules of a single registration, with what they look up kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, ids
from chassis.actor import Actor
from chassis.errors import FootprintError, InvalidError
from chassis.sheets import cells as sheet_cells
from chassis.sheets import loading
from chassis.sheets.cells import Flaw, Line
from chassis.sheets.codes import SheetCode
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.organisations import RegisterOrganisation
from contracts.registry.sheets import COLUMNS
from services.registry.bulk import domain
from services.registry.bulk.domain import BY_NAME
from services.registry.organisations import actions as organisations
from services.registry.organisations import credit_code
from services.registry.organisations import domain as rules
from services.registry.organisations import queries as organisation_queries
from services.registry.organisations.models import Organisation
from services.registry.places import domain as place_rules
from services.registry.places import queries as places
from services.registry.places.models import Place

_SCHEMA = RegisterOrganisation()
_HINTS = {
    "name": "2–100 个字",
    "uscc": "18 位",
    "filing_number": "2–60 个字",
    "responsible_person": "1–60 个字",
    "phone": "11 位手机号，或区号-座机号",
    "fields": "最多 12 项",
    "founded_on": "日期，如 2020-05-01",
    "introduction": "最多 2000 字",
}
# Which column a refusal of the rules is about.
_ABOUT: dict[str, str] = {
    RegistryCode.ORGANISATION_KIND_FORBIDDEN: "kind",
    RegistryCode.ORGANISATION_IDENTITY_INVALID: "legal_tier",
    RegistryCode.CREDIT_CODE_INVALID: "uscc",
    RegistryCode.CREDIT_CODE_IS_IDENTITY_NUMBER: "uscc",
    RegistryCode.CREDIT_CODE_KIND_MISMATCH: "uscc",
    RegistryCode.ORGANISATION_HUB_INVALID: "hub_id",
    OrganisationCode.ORGANISATION_FOUNDED_AHEAD: "founded_on",
    RegistryCode.FIELD_UNKNOWN: "fields",
}


@dataclass(frozen=True, kw_only=True)
class Lookups:
    """What rows refer to, read once: places, hubs in the actor's sight, the taxonomy."""

    places: Mapping[str, place_rules.Known]
    streets: Mapping[str, str]
    communities: Mapping[tuple[str, str], str]
    hubs: Mapping[str, str]
    taxonomy: Mapping[str, str]
    today: date


def look_up(session: Session, actor: Actor, today: date) -> Lookups:
    """Retired places are known, so that the refusal can name the successor, but not by name."""
    named = select(Place.code, Place.name, Place.level, Place.street_code).where(
        Place.district_code == actor.district_code, Place.level.in_(["street", "community"])
    )
    rows = session.connection().execute(named.where(Place.valid_until.is_(None) | (Place.valid_until >= today))).all()
    key = sheet_cells.heading_key
    taxonomy = organisation_queries.fields_of(session, actor.district_code)
    return Lookups(
        places=places.known_places(session, actor.district_code),
        streets={key(row.name): row.code for row in rows if row.level == "street"},
        communities={(row.street_code, key(row.name)): row.code for row in rows if row.level == "community"},
        hubs=_hubs(session, actor),
        taxonomy={key(entry[name]): entry["code"] for entry in taxonomy for name in ("code", "zh", "en")},
        today=today,
    )


def _hubs(session: Session, actor: Actor) -> dict[str, str]:
    columns: list[Any] = [Organisation.id, Organisation.uscc, Organisation.name_key]
    hub = select(*columns).where(Organisation.kind == "hub", Organisation.status == "active")
    rows = session.connection().execute(db.scoped(hub, Organisation, actor)).all()
    return {key: row.id for row in rows for key in (row.id, row.uscc, row.name_key) if key}


def draft(line: Line, *, actor: Actor, now: datetime, known: Lookups) -> Organisation | None:
    """The organisation the line would be, or ``None`` and what is wrong in ``line.flaws``."""
    cells = sheet_cells.read_cells(line, COLUMNS)
    facts = _facts(line, cells, known)
    loaded = loading.load(_SCHEMA, line, facts, columns=BY_NAME, hints=_HINTS)
    if line.flaws:
        return None
    try:
        return _keep_rules(loaded, actor=actor, now=now, known=known)
    except FootprintError as error:
        line.flaws.append(_flaw(error))
        return None


def _facts(line: Line, cells: dict[str, str], known: Lookups) -> dict[str, Any]:
    facts: dict[str, Any] = dict(cells)
    for name, texts in domain.CHOICES.items():
        if name in cells:
            _replace(line, facts, name, sheet_cells.code_of(cells[name], texts))
    if "fields" in cells:
        facts["fields"], unknown = sheet_cells.codes_of(cells["fields"], known.taxonomy)
        if unknown:
            line.flaws.append(Flaw.of(RegistryCode.FIELD_UNKNOWN, BY_NAME["fields"], more="、".join(unknown)[:100]))
    if "street_code" in cells and not cells["street_code"].isdecimal():
        _replace(line, facts, "street_code", known.streets.get(sheet_cells.heading_key(cells["street_code"])))
    if "community_code" in cells and not cells["community_code"].isdecimal():
        place = (facts.get("street_code", ""), sheet_cells.heading_key(cells["community_code"]))
        _replace(line, facts, "community_code", known.communities.get(place))
    if "hub_id" in cells and not ids.is_id("org", cells["hub_id"]):
        text = cells["hub_id"]
        found = known.hubs.get(credit_code.compact(text)) or known.hubs.get(rules.name_key(text))
        _replace(line, facts, "hub_id", found)
    return facts


def _replace(line: Line, facts: dict[str, Any], name: str, found: str | None) -> None:
    if found is None:
        line.flaws.append(Flaw.of(SheetCode.VALUE_UNKNOWN, BY_NAME[name]))
        del facts[name]
    else:
        facts[name] = found


def _keep_rules(loaded: dict[str, Any], *, actor: Actor, now: datetime, known: Lookups) -> Organisation:
    """What :func:`register_organisation` and :func:`create` check, in their order, but for duplicates."""
    facts = {**loaded, "fields": loaded["field_codes"]}
    del facts["field_codes"]
    rules.check_registrar(actor.role, facts["kind"])
    db.check_street(actor, facts.get("street_code"))
    if actor.role == roles.HUB:
        facts["hub_id"] = actor.organisation_id
    hub_id = facts.get("hub_id")
    if hub_id is not None and hub_id not in known.hubs:
        raise InvalidError(RegistryCode.ORGANISATION_HUB_INVALID, hub_id=hub_id)
    row = organisations.draft(actor=actor, now=now, **facts)
    if row.street_code is not None:
        place_rules.check_street(row.street_code, known.places.get(row.street_code), known.today)
    if row.community_code is not None:
        found = known.places.get(row.community_code)
        place_rules.check_community(row.community_code, found, row.street_code, known.today)
    return row


def _flaw(error: FootprintError) -> Flaw:
    place = "community_code" if len(str(error.details.get("place", ""))) > 9 else "street_code"
    name = _ABOUT.get(error.code, "community_code" if "community_code" in error.details else place)
    return Flaw(BY_NAME[name], error.code, error.zh, error.en)
