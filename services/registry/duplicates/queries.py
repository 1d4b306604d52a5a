"""Reads of duplicates. Candidates are found by indexes (character pairs, pinyin, numbers, phones), then compared."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, text, tuple_
from sqlalchemy import select as sql_select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import NotFoundError
from chassis.paging import MAX_PAGE
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.duplicates import CandidateView, PairView
from services.registry import keyset
from services.registry.duplicates import domain
from services.registry.duplicates.models import DuplicatePair
from services.registry.organisations import queries as organisations
from services.registry.organisations.models import Organisation
from services.registry.policies.queries import number

_PAIR, _CANDIDATE = PairView(), CandidateView()
# Like names are looked for in the street, where the group that was recorded twice is; the rest in the whole district.
# Each source has an index of its own: a disjunction would have none.
# A street's own condition is said without IS NOT DISTINCT FROM, which no index serves.
_CANDIDATES = """
WITH me AS (
    SELECT id, district_code, street_code, community_code, bigrams, pinyin FROM organisation WHERE id = :id
), phones AS (
    SELECT phone_index FROM organisation WHERE id = :id AND phone_index IS NOT NULL
    UNION SELECT phone_index FROM organisation_contact WHERE organisation_id = :id AND phone_index IS NOT NULL
), by_phone AS (
    SELECT o.id FROM organisation o JOIN phones p USING (phone_index) WHERE o.district_code = :district
    UNION SELECT c.organisation_id FROM organisation_contact c JOIN phones p USING (phone_index)
        WHERE c.district_code = :district
), by_code AS (
    SELECT theirs.organisation_id AS id FROM organisation_identifier mine
    JOIN organisation_identifier theirs USING (district_code, value_key)
    WHERE mine.organisation_id = :id
), by_sound AS (
    SELECT id FROM organisation WHERE pinyin = :pinyin AND district_code = :district
), by_name AS (
    SELECT o.id FROM organisation o
    WHERE o.bigrams && :telling AND {here} AND o.district_code = :district
), found AS (
    SELECT id FROM by_phone UNION SELECT id FROM by_code UNION SELECT id FROM by_sound UNION SELECT id FROM by_name
), compared AS (
    SELECT o.id, o.street_code, o.name,
        2.0 * (SELECT count(*) FROM unnest(o.bigrams) pair WHERE pair = ANY(:bigrams))
            / greatest(cardinality(o.bigrams) + cardinality(me.bigrams), 1) AS likeness,
        o.pinyin IS NOT NULL AND o.pinyin = me.pinyin AS sound,
        o.community_code IS NOT NULL AND o.community_code = me.community_code AS place,
        EXISTS (SELECT 1 FROM by_code c WHERE c.id = o.id) AS code,
        EXISTS (SELECT 1 FROM by_phone p WHERE p.id = o.id) AS phone
    FROM found JOIN organisation o USING (id) CROSS JOIN me
    WHERE o.id <> me.id AND o.status <> 'merged'
)
SELECT * FROM compared WHERE likeness * 100 >= :least OR sound OR code OR phone
ORDER BY likeness DESC, id LIMIT 500
"""
_TYPES = (
    bindparam("id", type_=Organisation.id.type),
    bindparam("bigrams", type_=ARRAY(Text)),
    bindparam("telling", type_=ARRAY(Text)),
)
_IN_STREET = text(_CANDIDATES.format(here="o.street_code = :street")).bindparams(*_TYPES)
_IN_DISTRICT = text(_CANDIDATES.format(here="o.street_code IS NULL")).bindparams(*_TYPES)

# What ANALYZE has counted: the share of names that have a pair. Pairs it does not know are rare.
_FREQUENCIES = text(
    """
SELECT counted.pair, counted.share
FROM pg_stats, unnest(most_common_elems::text::text[], most_common_elem_freqs) AS counted (pair, share)
WHERE schemaname = current_schema() AND tablename = 'organisation' AND attname = 'bigrams' AND pair = ANY(:bigrams)
"""
).bindparams(bindparam("bigrams", type_=ARRAY(Text)))


def compare(session: Session, row: Organisation) -> list[dict[str, Any]]:
    """Every other organisation of the district that scores enough, best first, whoever may see it."""
    weights = {term: number(session, row.district_code, f"duplicate_weight_{term}") for term in domain.WEIGHTS}
    least = number(session, row.district_code, "duplicate_least_likeness")
    enough = number(session, row.district_code, "duplicate_least_score")
    asked = {
        "id": row.id,
        "district": row.district_code,
        "bigrams": row.bigrams,
        "telling": domain.telling(row.bigrams, _frequencies(session, row.bigrams), least_likeness=least),
        "pinyin": row.pinyin,
        "least": least,
    }
    statement = (_IN_STREET if row.street_code else _IN_DISTRICT).columns(id=Organisation.id.type)
    if row.street_code:
        asked["street"] = row.street_code
    found = []
    for other in session.execute(statement, asked).mappings():
        likeness = domain.Likeness(
            float(other["likeness"]), other["sound"], other["code"], other["phone"], other["place"]
        )
        reasons = domain.reasons(likeness, weights, least_likeness=least)
        if domain.score(reasons) >= enough:
            found.append(_candidate(other, reasons))
    return sorted(found, key=lambda one: (one["score"], one["organisation_id"]), reverse=True)


def _frequencies(session: Session, pairs: list[str]) -> dict[str, float]:
    found = session.execute(_FREQUENCIES, {"bigrams": pairs})
    return dict(found.all())


def _candidate(other: Any, reasons: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "organisation_id": other["id"],
        "name": other["name"],
        "street_code": other["street_code"],
        "score": domain.score(reasons),
        "reasons": reasons,
    }


def list_organisation_duplicates(
    session: Session, *, actor: Actor, organisation_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Those of one organisation, compared now; without pairs somebody dismissed and what the actor may not see."""
    row = organisations.find_organisation(session, actor, organisation_id)
    away = _dismissed(session, row.id)
    found = [one for one in compare(session, row) if one["organisation_id"] not in away and _sees(actor, one)]
    if cursor is not None:
        after = keyset.number_and_id(cursor, "org", most=100)
        found = [one for one in found if (one["score"], one["organisation_id"]) < after]
    size = min(max(limit or 50, 1), MAX_PAGE)
    last = found[size - 1] if len(found) > size else None
    return {
        "items": [_CANDIDATE.dump(one) for one in found[:size]],
        "next_cursor": keyset.close(last["score"], last["organisation_id"]) if last else None,
    }


def _sees(actor: Actor, one: dict[str, Any]) -> bool:
    return not actor.street_codes or one["street_code"] is None or one["street_code"] in actor.street_codes


def _dismissed(session: Session, organisation_id: str) -> set[str]:
    pair = DuplicatePair
    mine = (pair.organisation_id == organisation_id) | (pair.other_id == organisation_id)
    rows = session.execute(sql_select(pair.organisation_id, pair.other_id).where(mine, pair.status == "dismissed"))
    return {one for row in rows for one in row} - {organisation_id}


def list_duplicate_pairs(
    session: Session,
    *,
    actor: Actor,
    status: str = "open",
    street_code: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The worklist: best score first. A street sees pairs of which both are its own."""
    pair = DuplicatePair
    key = (pair.score, pair.id)
    statement = visible(actor).where(pair.status == status)
    if street_code is not None:
        statement = statement.where((pair.street_code == street_code) | (pair.other_street_code == street_code))
    if cursor is not None:
        statement = statement.where(tuple_(*key) < keyset.number_and_id(cursor, "dpr", most=100))
    size = min(max(limit or 50, 1), MAX_PAGE)
    rows = list(session.scalars(statement.order_by(pair.score.desc(), pair.id.desc()).limit(size + 1)))
    names = _names(session, rows[:size])
    last = rows[size - 1] if len(rows) > size else None
    return {
        "items": [render(row, names) for row in rows[:size]],
        "next_cursor": keyset.close(last.score, last.id) if last else None,
    }


def visible(actor: Actor) -> Any:
    """Pairs the actor may see: both organisations must be."""
    statement = sql_select(DuplicatePair).where(DuplicatePair.district_code == actor.district_code)
    if actor.street_codes:
        for column in (DuplicatePair.street_code, DuplicatePair.other_street_code):
            statement = statement.where(column.in_(actor.street_codes) | column.is_(None))
    return statement


def get_duplicate_pair(session: Session, *, actor: Actor, pair_id: str) -> dict[str, Any]:
    """One pair."""
    row = session.scalars(visible(actor).where(DuplicatePair.id == pair_id)).one_or_none()
    if row is None:
        raise NotFoundError(OrganisationCode.DUPLICATE_NOT_FOUND)
    return render(row, _names(session, [row]))


def _names(session: Session, rows: list[DuplicatePair]) -> dict[str, str]:
    wanted = {one for row in rows for one in (row.organisation_id, row.other_id)}
    found = session.execute(sql_select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted)))
    return dict(found.all())


def render(row: DuplicatePair, names: dict[str, str]) -> dict[str, Any]:
    """The pair with both names."""
    shown: dict[str, Any] = _PAIR.dump(
        {
            "pair_id": row.id,
            "name": names.get(row.organisation_id),
            "other_name": names.get(row.other_id),
            **{name: getattr(row, name) for name in _PAIR.fields if name not in {"pair_id", "name", "other_name"}},
        }
    )
    return shown
