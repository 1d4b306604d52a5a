"""The statement of needs that an offer could serve, by an upper bound of their score; as ``candidates`` otherwise.

Its parts are built once for so many topics. What an offer leaves open is a condition that its values make true: the
driver writes them into the text, so that the planner drops it.
"""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from chassis import ids
from services.resources.conditions.domain import TAUGHT, Given
from services.resources.matching.domain import OfferFacts
from services.resources.needs.domain import MATCHABLE
from services.resources.needs.models import Need
from services.resources.suggestions import nearness
from services.resources.suggestions.candidates import (
    WEIGHED,
    Asking,
    is_active,
    keyed,
    listed,
    name_of,
    points,
    whole,
)

NEED: tuple[Any, ...] = (
    *(Need.id, Need.organisation_id, Need.kind, Need.title, Need.unit, Need.quantity, Need.allotted, Need.received),
    *(Need.tags, Need.topics, Need.skills, Need.fields_of_work, Need.street_code, Need.community_code, Need.urgency),
    *(Need.due_on, Need.all_or_nothing, Need.splittable, Need.substitute_topics, Need.gates, Need.persons),
    *(Need.languages, Need.hours_per_week, Need.times, Need.mode, Need.beneficiary_groups),
    *(Need.handler_organisation_id, Need.handler_benefits),
)


def fitting_needs(visible: Select[Any], topics: int, *, near: bool) -> Select[Any]:
    """Matchable needs of the kind that the actor may see, after the ``last_bound`` and ``last_id``."""
    filters, bound = _judged(topics, near)
    hits = visible.with_only_columns(Need.id, bound).where(*filters).cte("hits").prefix_with("MATERIALIZED")
    last, last_id = whole("last_bound"), bindparam("last_id", type_=Need.id.type)
    after = or_(hits.c.bound < last, and_(hits.c.bound == last, hits.c.id > last_id))
    best = select(hits).where(after).order_by(hits.c.bound.desc(), hits.c.id).limit(whole("size")).subquery("best")
    shown = select(*NEED, name_of(Need.organisation_id), best.c.bound).join_from(best, Need, Need.id == best.c.id)
    return shown.order_by(best.c.bound.desc(), best.c.id)


@lru_cache(maxsize=64)
def _judged(topics: int, near: bool) -> tuple[list[ColumnElement[bool]], ColumnElement[int]]:
    """Which pass, and by how much."""
    matchable = Need.status.in_([literal(status, literal_execute=True) for status in MATCHABLE])
    thing = Need.topics.overlap(listed("topics")) | Need.substitute_topics.overlap(listed("topics"))
    banned, named = keyed("banned"), keyed("organisations")
    organisation = type_coerce(Need.organisation_id, UUID)
    handler = type_coerce(Need.handler_organisation_id, UUID)
    found = [
        matchable,
        Need.kind == bindparam("kind", type_=String),
        _free("topics") if not topics else or_(thing, Need.topics == listed("nothing")),
        Need.unit == bindparam("unit", type_=String),
        Need.quantity > Need.allotted + Need.received,
        or_(Need.splittable, Need.allotted + Need.received == 0),
        Need.due_on >= bindparam("today", type_=Date),
        or_(organisation.is_(None), ~(organisation == any_(banned))),
        or_(_free("street"), Need.street_code == bindparam("street", type_=String)),
        or_(_free("streets"), Need.street_code == any_(listed("streets"))),
        or_(_free("fields"), Need.fields_of_work.has_any(listed("fields"))),
        Need.skills.contained_by(bindparam("skills", type_=JSONB)),
        or_(_free("organisations"), organisation == any_(named), and_(Need.handler_benefits, handler == any_(named))),
        or_(_free("groups"), Need.beneficiary_groups.has_any(listed("groups"))),
        or_(_free("capacity"), Need.persons.is_(None), Need.persons <= whole("capacity")),
        or_(_free("languages"), Need.languages.contained_by(bindparam("languages", type_=JSONB))),
        or_(_free("hours"), Need.hours_per_week.is_(None), Need.hours_per_week <= whole("hours")),
    ]
    score = _bound(topics) + nearness.earned(Need.community_code) if near else _bound(topics)
    return found, score.label("bound")


def _free(name: str) -> ColumnElement[bool]:
    """Whether the offer says nothing of it."""
    return bindparam(f"any_{name}", type_=Boolean)


def _bound(topics: int) -> ColumnElement[int]:
    shared = sum(
        (cast(Need.topics.contains(listed(f"topic_{at}")), Integer) for at in range(topics)), start=cast(0, Integer)
    )
    today, expires = bindparam("today", type_=Date), bindparam("expires", type_=Date)
    lasting = or_(_free("time"), Need.due_on <= expires)
    days = whole("w_time") * whole("days") // func.greatest(cast(Need.due_on - today, Integer) + 1, 1)
    return (
        whole("always")
        + whole("w_topic") * shared // func.greatest(func.cardinality(Need.topics), 1)
        + whole("w_urgency") * Need.urgency
        + points(whole("w_field"), Need.fields_of_work.has_any(listed("fields")))
        + points(whole("w_same_community"), Need.community_code == bindparam("community", type_=String))
        + case((lasting, whole("w_time")), else_=days)
        + points(whole("w_verified"), or_(Need.organisation_id.is_(None), is_active(Need.organisation_id)))
    )


def parameters(asking: Asking, offer: OfferFacts) -> dict[str, Any]:
    """Values of the statement."""
    weights, today, given = asking.weights, asking.at.today, offer.given or Given(kind=asking.kind)
    soon = offer.expires_on is not None and offer.expires_on <= today + timedelta(days=weights["perishing_days"])
    near = weights["same_street" if offer.street_code is not None else "district_wide"]
    listed_values = {
        "topics": sorted(offer.tags),
        "streets": sorted(offer.earmarked_streets),
        "fields": sorted(offer.fields),
        "organisations": _uuids(given.organisations),
        "groups": sorted(given.groups),
    }
    lasts = offer.is_venue or offer.expires_on is None
    return {
        **{f"topic_{at}": [topic] for at, topic in enumerate(sorted(offer.tags))},
        **{f"w_{name}": weights[name] for name in (*WEIGHED, "urgency")},
        **listed_values,
        **{f"any_{name}": not values for name, values in listed_values.items()},
        **_gates(given),
        "near": asking.near,
        "nothing": [],
        "kind": asking.kind,
        "unit": offer.unit,
        "today": today,
        "banned": _uuids(asking.banned),
        "street": offer.street_code,
        "any_street": offer.street_code is None,
        "skills": sorted(offer.skills),
        "community": offer.community_code,
        "always": weights["base"] + near + (weights["perishing"] if soon else 0),
        "expires": offer.expires_on or today,
        "any_time": lasts,
        "days": (offer.expires_on - today).days + 1 if offer.expires_on else 0,
    }


def _uuids(organisations: frozenset[str]) -> list[str]:
    return [str(ids.decode("org", one)) for one in sorted(organisations)]


def _gates(given: Given) -> dict[str, Any]:
    """But for qualifications, times of the week, age and mode, which the rules judge."""
    return {
        "capacity": given.capacity or 0,
        "any_capacity": given.kind != "venue" or given.capacity is None,
        "languages": sorted(given.languages),
        "any_languages": given.kind not in TAUGHT,
        "hours": given.hours_per_week or 0,
        "any_hours": given.kind != "volunteers" or given.hours_per_week is None,
    }
