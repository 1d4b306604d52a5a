"""The policy of a district."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts.resources.policy import ResourcesPolicyView
from services.resources.policy import domain
from services.resources.policy.models import ResourcesPolicy


@dataclass(frozen=True)
class Numbers:
    """What holds in a district; ``version`` 0 where it changed nothing."""

    district_code: str
    reservation_hours: int
    need_confirm_days: int
    need_grace_days: int
    weights: dict[str, int]
    version: int


def get_policy(session: Session, district_code: str) -> Numbers:
    """Complete; the defaults where the district set nothing. A read writes nothing."""
    return numbers_of(session.get(ResourcesPolicy, district_code), district_code)


def numbers_of(row: ResourcesPolicy | None, district_code: str) -> Numbers:
    """What a row says, or what holds without one."""
    if row is None:
        days = domain.CONFIRM_DAYS, domain.GRACE_DAYS
        return Numbers(district_code, domain.RESERVATION_HOURS, *days, domain.weights_of({}), 0)
    days = row.need_confirm_days, row.need_grace_days
    return Numbers(district_code, row.reservation_hours, *days, domain.weights_of(row.weights), row.version)


def get_resources_policy(session: Session, *, actor: Actor) -> dict[str, Any]:
    """The view."""
    view: dict[str, Any] = ResourcesPolicyView().dump(asdict(get_policy(session, actor.district_code)))
    return view
