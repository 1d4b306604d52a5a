"""The statement of offers for a need: rows that pass what SQL can check, by an upper bound of their score.

The index is asked by kind, street and topic at once. What it finds is judged once, in a list of ids that the planner
may not look into: it takes so many conditions for one row in all, and would join and sort as if there were no more.
Only rows to show are read whole. Filters may let more pass than the rules do, never less. But for venues and the gates
of a need the bound is the score.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    Text,
    all_,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    type_coerce,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, JSONPATH, UUID

from chassis import ids
from chassis.actor import Actor
from services.resources.conditions.domain import TAUGHT, Asked
from services.resources.known.models import KnownOrganisation
from services.resources.matching.domain import Moment, NeedFacts
from services.resources.offers.domain import MATCHABLE
from services.resources.offers.models import Offer
from services.resources.suggestions import nearness
from services.resources.vocabulary.topics import UNKNOWN, keys

OFFER: tuple[Any, ...] = (
    *(Offer.id, Offer.provider_organisation_id, Offer.kind, Offer.title, Offer.unit, Offer.free, Offer.tags),
    *(Offer.topics, Offer.skills, Offer.earmark, Offer.street_code, Offer.community_code, Offer.expires_on),
    *(Offer.windows, Offer.minimum_lot, Offer.lot_size, Offer.capacity, Offer.languages, Offer.hours_per_week),
    *(Offer.availability, Offer.qualifications, Offer.youngest_age, Offer.mode, Offer.earmarked_organisation_ids),
)
WEIGHED = ("topic", "field", "same_street", "district_wide", "same_community", "perishing", "time", "verified")
FIRST: dict[str, Any] = {"last_bound": 2**31 - 1, "last_id": None}
NOTHING_ASKED = Asked(organisation_id=None, last_day=date.max)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """What the statements are made from. ``banned``: organisations that may not meet this one;
    ``near``: points of the communities within reach."""

    actor: Actor
    kind: str
    weights: dict[str, int]
    at: Moment
    banned: frozenset[str]
    near: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Of which statement: what need not be asked is left out. ``topics``: how many of them a row is scored by."""

    scoped: bool
    kind: str
    topics: int
    skills: bool
    gated: bool
    near: bool = False


def shape_of(asking: Asking, need: NeedFacts) -> Shape:
    """What this need asks."""
    gates = need.asked or NOTHING_ASKED
    return Shape(
        scoped=bool(asking.actor.street_codes),
        kind=asking.kind,
        topics=len(need.tags),
        skills=bool(need.skills),
        near=bool(asking.near),
        gated=any((gates.persons, gates.languages, gates.hours_per_week, gates.mode != "either"))
        or any((gates.trainings, gates.certificates, gates.insured, gates.minimum_age)),
    )


def parameters(asking: Asking, need: NeedFacts, due_on: date, streets: Iterable[str | None]) -> dict[str, Any]:
    """Values of the statement for offers of these streets; ``None``: of the whole district."""
    today, gates = asking.at.today, need.asked or NOTHING_ASKED
    places = [keys(asking.kind, street, ())[-1] for street in streets]
    accepted = sorted(need.tags | need.substitutes) if need.tags else []
    found_by = [f"{place}{topic}" for place in places for topic in (*accepted, UNKNOWN)] if accepted else places
    return {
        **{f"topic_{at}": [topic] for at, topic in enumerate(sorted(need.tags))},
        **{f"w_{name}": asking.weights[name] for name in WEIGHED},
        **_gates(gates),
        "near": asking.near,
        "district": asking.actor.district_code,
        "streets": list(asking.actor.street_codes),
        "kind": asking.kind,
        "keys": found_by,
        "always": asking.weights["base"] + asking.weights["urgency"] * need.urgency,
        "unit": need.unit,
        "missing": need.missing,
        "least": need.missing if need.all_or_nothing and not need.splittable else 1,
        "banned": [str(ids.decode("org", one)) for one in sorted(asking.banned)],
        "street": [need.street_code or UNKNOWN],
        "here": need.street_code,
        "community": need.community_code,
        "fields": sorted(need.fields),
        "skills": sorted(need.skills),
        "today": today,
        "soon": today + timedelta(days=asking.weights["perishing_days"]),
        "due": due_on,
        "span": max((due_on - today).days + 1, 1),
        "limits": {"now": asking.at.now.astimezone(UTC).isoformat(), "due": need.due_at.astimezone(UTC).isoformat()},
    }


def _gates(asked: Asked) -> dict[str, Any]:
    """What is not asked for is what everybody has."""
    held = [{"kind": kind, "name": name} for kind in ("training", "certificate") for name in _named(asked, kind)]
    return {
        "organisation": [asked.organisation_id or ""],
        "groups": sorted(asked.groups),
        "persons": asked.persons or 0,
        "languages": sorted(asked.languages),
        "hours": asked.hours_per_week or 0,
        "age": asked.minimum_age or 0,
        "held": [*held, {"kind": "insurance"}] if asked.insured else held,
        "not_mode": {"onsite": "online", "online": "onsite"}.get(asked.mode, ""),
    }


def _named(asked: Asked, kind: str) -> list[str]:
    return sorted(asked.trainings if kind == "training" else asked.certificates)


@lru_cache(maxsize=256)
def found_offers(shape: Shape) -> Select[Any]:
    """Up to ``size`` that may fit, by their bound and after the ``last_bound`` and ``last_id``, and up to ``misses``
    that are the right thing in the right place and do not: ``fits`` tells them apart. Built once."""
    fits = and_(*_filters(shape))
    judged = _open(shape, Offer.id, _bound(shape).label("bound"), fits.label("fits"))
    hits = judged.where(Offer.topic_keys.overlap(listed("keys"))).cte("hits").prefix_with("MATERIALIZED")
    last, last_id = whole("last_bound"), bindparam("last_id", type_=Offer.id.type)
    after = or_(hits.c.bound < last, and_(hits.c.bound == last, hits.c.id > last_id))
    best = select(hits).where(hits.c.fits.is_not(False), after)
    best = best.order_by(hits.c.bound.desc(), hits.c.id).limit(whole("size"))
    missed = select(hits).where(hits.c.fits.is_(False)).order_by(hits.c.id).limit(whole("misses"))
    chosen = union_all(select(best.subquery("best")), select(missed.subquery("missed"))).subquery("chosen")
    shown = select(*OFFER, name_of(Offer.provider_organisation_id), chosen.c.bound, chosen.c.fits)
    return shown.join_from(chosen, Offer, Offer.id == chosen.c.id)


@lru_cache(maxsize=4)
def newest_offers(scoped: bool) -> Select[Any]:
    """What else there is of the kind, the newest first."""
    shape = Shape(scoped=scoped, kind="", topics=0, skills=False, gated=False)
    here = bindparam("here", type_=String)
    place = or_(here.is_(None), Offer.street_code == here, Offer.street_code.is_(None))
    statement = _open(shape, *OFFER, name_of(Offer.provider_organisation_id))
    return statement.where(Offer.kind == bindparam("kind"), place).order_by(Offer.id.desc()).limit(whole("misses"))


def _open(shape: Shape, *columns: Any) -> Select[Any]:
    """Matchable offers in the actor's scope, of the kind that the caller or the keys of the index say: a condition
    besides these would have a second index read."""
    conditions = [Offer.district_code == bindparam("district")]
    if shape.scoped:
        conditions.append(or_(Offer.street_code == any_(listed("streets")), Offer.street_code.is_(None)))
    matchable = Offer.status.in_([literal(status, literal_execute=True) for status in MATCHABLE])
    return select(*columns).where(*conditions, matchable)


def _filters(shape: Shape) -> list[ColumnElement[bool]]:
    """As ``matching.domain.exclusions``, but for windows that are taken, days of qualifications and times of the week.
    Windows are stored as UTC: their texts sort by time."""
    groups = Offer.earmark["groups"]
    found = [
        Offer.unit == bindparam("unit"),
        Offer.free >= whole("least"),
        or_(Offer.expires_on.is_(None), Offer.expires_on >= bindparam("today", type_=Date)),
        type_coerce(Offer.provider_organisation_id, UUID) != all_(keyed("banned")),
        binds(Offer.earmark["street_codes"], Offer.earmark["street_codes"].contains(_json("street"))),
        binds(Offer.earmark["fields_of_work"], _fields_of_work()),
        binds(Offer.earmarked_organisation_ids, Offer.earmarked_organisation_ids.contains(_json("organisation"))),
        or_(groups.is_(None), binds(groups, groups.has_any(listed("groups")))),
    ]
    if shape.skills:
        found.append(Offer.skills.contains(_json("skills")))
    if shape.kind != "venue":
        missing = whole("missing")
        found.append(or_(Offer.free <= missing, missing - missing % Offer.lot_size >= Offer.minimum_lot))
    else:
        path = cast("$[*] ? (@.starts_at > $now && @.ends_at <= $due)", JSONPATH)
        found.append(func.jsonb_path_exists(Offer.windows, path, _json("limits"), type_=Boolean))
    return found + (_gate_filters(shape.kind) if shape.gated else [])


def _gate_filters(kind: str) -> list[ColumnElement[bool]]:
    if kind == "venue":
        return [or_(Offer.capacity.is_(None), Offer.capacity >= whole("persons"))]
    if kind not in TAUGHT:
        return []
    taught = [Offer.languages.contains(_json("languages")), Offer.mode != bindparam("not_mode", type_=String)]
    return taught if kind != "volunteers" else [*taught, *_people_filters()]


def _people_filters() -> list[ColumnElement[bool]]:
    return [
        or_(Offer.hours_per_week.is_(None), Offer.hours_per_week >= whole("hours")),
        func.coalesce(Offer.youngest_age, 0) >= whole("age"),
        Offer.qualifications.contains(_json("held")),
    ]


def _fields_of_work() -> ColumnElement[bool]:
    found: ColumnElement[bool] = Offer.earmark["fields_of_work"].has_any(listed("fields"))
    return found


def _bound(shape: Shape) -> ColumnElement[int]:
    today, due = bindparam("today", type_=Date), bindparam("due", type_=Date)
    shared = sum(
        (cast(Offer.topics.contains(listed(f"topic_{at}")), Integer) for at in range(shape.topics)),
        start=cast(0, Integer),
    )
    lasting = true() if shape.kind == "venue" else or_(Offer.expires_on.is_(None), Offer.expires_on >= due)
    days = cast(Offer.expires_on - today, Integer) + 1
    return (
        whole("always")
        + case((Offer.street_code.is_(None), whole("w_district_wide")), else_=whole("w_same_street"))
        + (whole("w_topic") * shared // shape.topics if shape.topics else 0)
        + points(whole("w_field"), _fields_of_work())
        + points(whole("w_same_community"), Offer.community_code == bindparam("community", type_=String))
        + points(whole("w_perishing"), Offer.expires_on <= bindparam("soon", type_=Date))
        + case((lasting, whole("w_time")), else_=whole("w_time") * days // whole("span"))
        + points(whole("w_verified"), is_active(Offer.provider_organisation_id))
        + (nearness.earned(Offer.community_code) if shape.near else 0)
    )


def name_of(column: Any) -> Any:
    """The name of an active organisation, a look-up a row: joined, it would be read whole for a few."""
    return _active(KnownOrganisation.name, column).scalar_subquery().label("name")


def is_active(column: Any) -> ColumnElement[bool]:
    """Whether it is one."""
    return _active(KnownOrganisation.id, column).exists()


def _active(shown: Any, column: Any) -> Select[Any]:
    return select(shown).where(KnownOrganisation.id == column, KnownOrganisation.status == "active")


def points(count: Any, condition: ColumnElement[bool]) -> ColumnElement[int]:
    """So many where the condition holds."""
    return case((condition, count), else_=0)


def binds(column: Any, wanted: ColumnElement[bool]) -> ColumnElement[bool]:
    """An empty list binds nothing."""
    return or_(func.jsonb_array_length(column) == 0, wanted)


def whole(name: str) -> BindParameter[int]:
    """A number of the caller's."""
    return bindparam(name, type_=Integer)


def listed(name: str) -> ColumnElement[Any]:
    """Texts of the caller's."""
    return cast(bindparam(name, type_=ARRAY(Text)), ARRAY(Text))


def keyed(name: str) -> ColumnElement[Any]:
    """Ids of the caller's, without their prefix."""
    return cast(bindparam(name, type_=ARRAY(Text)), ARRAY(UUID))


def _json(name: str) -> BindParameter[Any]:
    return bindparam(name, type_=JSONB)
