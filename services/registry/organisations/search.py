"""Search: one question over names, pinyin, initials, codes and filters, best matches first.

Ranks are asked one after the other, each newest first and each by an index of its own, so a page is complete and a
cursor (rank, last id) continues exactly; nothing is cut off for being too many.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.paging import MAX_PAGE
from contracts.registry.finding import OrganisationHit
from services.registry import keyset, scope
from services.registry.organisations import domain, naming
from services.registry.organisations.credit_code import compact
from services.registry.organisations.models import Organisation
from services.registry.organisations.models_details import OrganisationArea, OrganisationIdentifier
from services.registry.organisations.queries import COLUMNS

_HIT = OrganisationHit()
CODE_START = 4  # characters of a code from which on its beginning is looked for
Rank = tuple[str, ColumnElement[bool]]


def search_organisations(
    session: Session,
    *,
    actor: Actor,
    q: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """A page of what the actor may see; ``match`` says by what each was found."""
    size = min(max(limit or 50, 1), MAX_PAGE)
    ranks = ranks_of(actor.district_code, q)
    start, after = keyset.number_and_id(cursor, "org", most=len(ranks) - 1) if cursor else (0, "")
    found: list[tuple[int, dict[str, Any]]] = []
    for number in range(start, len(ranks)):
        statement = statement_of(actor, ranks, number, after if number == start else "", filters)
        rows = session.execute(statement.limit(size + 1 - len(found)))
        found.extend((number, dict(row)) for row in rows.mappings())
        if len(found) > size:
            break
    items = [_HIT.dump({**row, "match": ranks[number][0]}) for number, row in found[:size]]
    more = len(found) > size
    number, last = found[size - 1] if more else (0, {})
    return {"items": items, "next_cursor": keyset.close(number, last["organisation_id"]) if more else None}


def statement_of(actor: Actor, ranks: list[Rank], number: int, after: str, filters: dict[str, Any]) -> Select[Any]:
    """Rows of one rank that no better one has, newest first."""
    conditions = [
        *scope.conditions(Organisation, Organisation.id, actor),
        ranks[number][1],
        *(not_(func.coalesce(better, false())) for _, better in ranks[:number]),
        *(_FILTERS[name](value) for name, value in filters.items()),
    ]
    if "status" not in filters:
        conditions.append(Organisation.status != "merged")
    if after:
        conditions.append(Organisation.id < after)
    return select(*COLUMNS).where(*conditions).order_by(Organisation.id.desc())


def ranks_of(district_code: str, q: str | None) -> list[Rank]:
    """By what is looked for, best first; at least one."""
    words = [key for word in (q or "").split() if (key := domain.name_key(word)).isalnum()]
    if not words:
        return [("any", true() if not (q or "").strip() else false())]
    key = "".join(words)
    code = compact(q or "")[:60]
    ranks: list[Rank] = [
        ("code", _code(district_code, OrganisationIdentifier.value_key == code)),
        ("name", Organisation.name_key == key),
        ("name_start", Organisation.name_key.like(f"{key}%")),
    ]
    if all(len(word) > 1 for word in words):
        pairs = sorted({pair for word in words for pair in naming.bigrams_of(word)})
        parts = [Organisation.name_key.like(f"%{word}%") for word in words]
        ranks.append(("name_part", and_(Organisation.bigrams.contains(pairs), *parts)))
    if key.isascii() and key.isalpha():
        ranks.extend(_sounds(key))
    elif code.isascii() and code.isalnum() and len(code) >= CODE_START:
        ranks.append(("code_start", _code(district_code, OrganisationIdentifier.value_key.like(f"{code}%"))))
    return ranks


def _code(district_code: str, number: ColumnElement[bool]) -> ColumnElement[bool]:
    """The credit code, the filing number, or any other number on record; former ones too."""
    recorded = select(OrganisationIdentifier.organisation_id)
    return Organisation.id.in_(recorded.where(OrganisationIdentifier.district_code == district_code, number))


def _sounds(letters: str) -> list[Rank]:
    start = or_(Organisation.initials.like(f"{letters}%"), Organisation.pinyin.like(f"{letters}%"))
    sound = naming.sound_key(letters)
    if sound is None:
        return [("pinyin_start", start)]
    pairs = [f"i{pair}" for pair in naming.bigrams_of(letters)]
    by_sound = and_(Organisation.sounds.contains([sound]), Organisation.pinyin.like(f"%{letters}%"))
    by_initials = and_(Organisation.sounds.contains(pairs), Organisation.initials.like(f"%{letters}%"))
    return [("pinyin_start", start), ("pinyin_part", by_sound), ("initials_part", by_initials)]


def _place(code: str) -> ColumnElement[bool]:
    return (Organisation.street_code if len(code) == 9 else Organisation.community_code) == code


def _serves(code: str) -> ColumnElement[bool]:
    return Organisation.id.in_(select(OrganisationArea.organisation_id).where(OrganisationArea.place_code == code))


_FILTERS: dict[str, Callable[[Any], ColumnElement[bool]]] = {
    "kind": lambda value: Organisation.kind == value,
    "legal_tier": lambda value: Organisation.legal_tier == value,
    "legal_form": lambda value: Organisation.legal_form == value,
    "status": lambda value: Organisation.status == value,
    "field": lambda value: Organisation.fields.contains([value]),
    "place_code": _place,
    "serves": _serves,
    "hub_id": lambda value: Organisation.hub_id == value,
}
