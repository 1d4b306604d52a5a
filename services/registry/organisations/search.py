"""Search: one question over names, pinyin, initials, codes and filters, best matches first.

Ranks are asked one after the other, each newest first and each by an index of its own, so a page is complete and a
cursor (rank, last id) continues exactly; nothing is cut off for being too many.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Text, and_, bindparam, false, not_, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.paging import MAX_PAGE
from contracts.registry.finding import OrganisationHit
from services.registry import keyset, scope
from services.registry.organisations import domain, naming
from services.registry.organisations.credit_code import compact
from services.registry.organisations.models import Organisation
from services.registry.organisations.models_details import OrganisationArea, OrganisationIdentifier
from services.registry.organisations.queries import COLUMNS, NOT_MERGED

_HIT = OrganisationHit()
CODE_START = 4  # characters of a code from which on its beginning is looked for


class Question(NamedTuple):
    """What is looked for: the ranks, best first, at least one, and the values that their conditions compare with.

    A part that its pairs or its sound say whole has no value of its own: a comparison that adds nothing would only
    make PostgreSQL expect fewer rows than come.
    """

    ranks: tuple[str, ...]
    values: dict[str, Any]


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
    question = question_of(q)
    start, after = keyset.number_and_id(cursor, "org", most=len(question.ranks) - 1) if cursor else (0, "")
    found: list[tuple[int, dict[str, Any]]] = []
    for number in range(start, len(question.ranks)):
        statement, values = statement_of(actor, question, number, after if number == start else "", filters)
        rows = session.connection().execute(statement, {**values, "page_size": size + 1 - len(found)})
        found.extend((number, dict(row)) for row in rows.mappings())
        if len(found) > size:
            break
    items = [_HIT.dump({**row, "match": question.ranks[number]}) for number, row in found[:size]]
    more = len(found) > size
    number, last = found[size - 1] if more else (0, {})
    return {"items": items, "next_cursor": keyset.close(number, last["organisation_id"]) if more else None}


def statement_of(
    actor: Actor, question: Question, number: int, after: str, filters: dict[str, Any]
) -> tuple[Select[Any], dict[str, Any]]:
    """Rows of one rank that no better one has, newest first, and the values to ask with but ``page_size``."""
    sight, parameters = scope.eyes(actor)
    asked = dict(_filter(name, value) for name, value in filters.items())
    ranks = question.ranks[: number + 1]
    statement = _statement(sight, ranks, frozenset(question.values), frozenset(asked), bool(after))
    values = {**parameters, **question.values, **asked, "district": actor.district_code}
    return statement, {**values, "page_before": after} if after else values


@lru_cache(maxsize=512)
def _statement(
    sight: scope.Sight, ranks: tuple[str, ...], values: frozenset[str], filters: frozenset[str], after: bool
) -> Select[Any]:
    """Built once for all who look for something else of the same sort."""
    *better, wanted = (_RANKS[rank](values) for rank in ranks)
    statement = sight.of(select(*COLUMNS), Organisation, Organisation.id).where(wanted, *map(not_, better))
    statement = statement.where(*(_FILTERS[name] for name in sorted(filters)))
    if "status" not in filters:
        statement = statement.where(NOT_MERGED)
    if after:
        statement = statement.where(Organisation.id < bindparam("page_before", type_=Organisation.id.type))
    return statement.order_by(Organisation.id.desc()).limit(bindparam("page_size"))


def question_of(q: str | None) -> Question:
    """The ranks that could find it."""
    words = [key for word in (q or "").split() if (key := domain.name_key(word)).isalnum()]
    if not words:
        return Question(("none",) if (q or "").strip() else ("any",), {})
    key = "".join(words)
    code = compact(q or "")[:60]
    ranks = ["code", "name", "name_start"]
    values: dict[str, Any] = {"code": code, "key": key, "key_start": f"{key}%"}
    if all(len(word) > 1 for word in words):
        ranks.append("name_part")
        values["pairs"] = sorted({pair for word in words for pair in naming.bigrams_of(word)})
        values |= {f"part_{number}": f"%{word}%" for number, word in enumerate(words) if len(word) > 2}
    if key.isascii() and key.isalpha():
        more, sounds = _sounds(key)
        ranks, values = ranks + more, values | sounds
    elif code.isascii() and code.isalnum() and len(code) >= CODE_START:
        ranks.append("code_start")
        values["code_start"] = f"{code}%"
    return Question(tuple(ranks), values)


def _sounds(letters: str) -> tuple[list[str], dict[str, Any]]:
    values: dict[str, Any] = {"letters_start": f"{letters}%"}
    sound = naming.sound_key(letters)
    if sound is None:
        return ["pinyin_start"], values
    values |= {"sound": [sound], "initial_pairs": [f"i{pair}" for pair in naming.bigrams_of(letters)]}
    if len(letters) != len(sound) - 1:
        values["sound_part"] = f"%{letters}%"
    if len(letters) != 2:
        values["initials_part"] = f"%{letters}%"
    return ["pinyin_start", "pinyin_part", "initials_part"], values


def _code(number: ColumnElement[bool]) -> ColumnElement[bool]:
    """The credit code, the filing number, or any other number on record; former ones too."""
    recorded = select(OrganisationIdentifier.organisation_id)
    return Organisation.id.in_(recorded.where(OrganisationIdentifier.district_code == bindparam("district"), number))


def _all(column: Any, name: str) -> ColumnElement[bool]:
    has: ColumnElement[bool] = column.contains(bindparam(name, type_=ARRAY(Text)))
    return has


def _like(column: Any, name: str) -> ColumnElement[bool]:
    like: ColumnElement[bool] = column.like(bindparam(name))
    return like


def _part(values: frozenset[str]) -> ColumnElement[bool]:
    parts = sorted(name for name in values if name.startswith("part_"))
    return and_(_all(Organisation.bigrams, "pairs"), *(_like(Organisation.name_key, name) for name in parts))


def _pinyin_part(values: frozenset[str]) -> ColumnElement[bool]:
    whole = _all(Organisation.sounds, "sound")
    return and_(whole, _like(Organisation.pinyin, "sound_part")) if "sound_part" in values else whole


def _initials_part(values: frozenset[str]) -> ColumnElement[bool]:
    whole = _all(Organisation.sounds, "initial_pairs")
    return and_(whole, _like(Organisation.initials, "initials_part")) if "initials_part" in values else whole


def _pinyin_start(_: frozenset[str]) -> ColumnElement[bool]:
    """Never NULL: what is not indexed yet has no pinyin, and sounds like nothing."""
    start = or_(_like(Organisation.initials, "letters_start"), _like(Organisation.pinyin, "letters_start"))
    return and_(Organisation.search_version > 0, start)


# None of them is ever NULL, so that whoever is not of a better rank is found by NOT.
_RANKS: dict[str, Callable[[frozenset[str]], ColumnElement[bool]]] = {
    "any": lambda _: true(),
    "none": lambda _: false(),
    "code": lambda _: _code(OrganisationIdentifier.value_key == bindparam("code")),
    "name": lambda _: Organisation.name_key == bindparam("key"),
    "name_start": lambda _: _like(Organisation.name_key, "key_start"),
    "name_part": _part,
    "pinyin_start": _pinyin_start,
    "pinyin_part": _pinyin_part,
    "initials_part": _initials_part,
    "code_start": lambda _: _code(_like(OrganisationIdentifier.value_key, "code_start")),
}


def _filter(name: str, value: Any) -> tuple[str, Any]:
    """The name its condition has, and what it compares with."""
    if name == "place_code":
        return ("street" if len(value) == 9 else "community"), value
    return name, [value] if name == "field" else value


_SERVES = select(OrganisationArea.organisation_id).where(OrganisationArea.place_code == bindparam("serves"))
_FILTERS: dict[str, ColumnElement[bool]] = {
    "kind": Organisation.kind == bindparam("kind"),
    "legal_tier": Organisation.legal_tier == bindparam("legal_tier"),
    "legal_form": Organisation.legal_form == bindparam("legal_form"),
    "status": Organisation.status == bindparam("status"),
    "field": Organisation.fields.contains(bindparam("field", type_=JSONB)),
    "street": Organisation.street_code == bindparam("street"),
    "community": Organisation.community_code == bindparam("community"),
    "serves": Organisation.id.in_(_SERVES),
    "hub_id": Organisation.hub_id == bindparam("hub_id"),
}
