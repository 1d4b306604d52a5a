"""Kinds of service: their numbers, and what a district starts with. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class KindPolicy:
    """A kind of service and its clocks. ``…_minutes`` of what staff do count in working time where ``working_time``."""

    kind: str
    name_zh: str
    name_en: str
    offer_minutes: int  # an asked organisation or talent answers
    confirm_days: int  # delivered → confirmed by itself
    radius_m: int
    open_orders_max: int
    evidence_required: bool
    verify_minutes: int = 1440
    offer_within_minutes: int = 1440
    schedule_minutes: int = 2880
    start_grace_minutes: int = 120  # after the appointment without a check-in: a no-show
    deliver_minutes: int = 1440
    rate_days: int = 14
    seal_days: int = 7
    dispute_days: int = 7
    reoffer_minutes: int = 480  # after a no-show
    remind_minutes: int = 1440  # staff are reminded of what is overdue
    rate_edit_hours: int = 24
    low_stars: int = 2
    reschedules_max: int = 3
    duplicate_hours: int = 48
    working_time: bool = False
    facts_required: tuple[str, ...] = ("insured", "trained")  # on record where the task is risky; the rest is stated
    fields_served: tuple[str, ...] = ()  # by organisations that may do this kind


BASE = ("name_zh", "name_en", "offer_minutes", "confirm_days", "radius_m", "open_orders_max", "evidence_required")
MORE = tuple(one.name for one in fields(KindPolicy) if one.name not in ("kind", *BASE))
DEFAULT_KINDS = tuple(
    KindPolicy(kind, zh, en, offer_minutes, confirm_days, radius_m, 50, kind != "mediation", fields_served=served)
    for kind, zh, en, offer_minutes, confirm_days, radius_m, served in (
        ("elder_care", "助老服务", "Care for the old", 120, 3, 500, ("elder_care",)),
        ("disability_support", "助残服务", "Support for the disabled", 120, 3, 500, ("disability",)),
        ("child_care", "儿童青少年服务", "Children and young people", 240, 3, 500, ("youth",)),
        ("household", "居家便民", "Household help", 240, 3, 500, ("community_building", "charity")),
        ("mediation", "纠纷调解", "Mediation", 720, 7, 2000, ("community_building",)),
        ("culture", "文体活动", "Culture and sport", 1440, 7, 2000, ("culture_sports",)),
        ("community_service", "社区服务", "Community service", 480, 5, 1000, ("community_building",)),
    )
)


def policy_from(kind: str, base: Mapping[str, Any], more: Mapping[str, Any] | None) -> KindPolicy:
    """A district's row: what it did not set of ``more`` is the default."""
    given = {name: value for name, value in (more or {}).items() if name in MORE}
    for name in ("facts_required", "fields_served"):
        if name in given:
            given[name] = tuple(given[name])
    return KindPolicy(kind=kind, **{name: base[name] for name in BASE}, **given)


def as_row(policy: KindPolicy) -> dict[str, Any]:
    """Plain values, lists for tuples."""
    row = asdict(policy)
    return {**row, "facts_required": list(policy.facts_required), "fields_served": list(policy.fields_served)}
