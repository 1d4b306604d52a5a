"""Who may act for whom, and who may not benefit from whom."""

from __future__ import annotations

from chassis.actor import Actor
from chassis.errors import ForbiddenError
from contracts.resources.codes import ResourcesCode

ORGANISATION_BOUND = frozenset({"provider", "cso", "hub"})


def is_bound(actor: Actor) -> bool:
    """Whether the actor acts for organisations rather than for the district or a street."""
    return actor.role in ORGANISATION_BOUND


def acts_for(actor: Actor, organisation_id: str | None, *, hub_id: str | None) -> bool:
    """Its own organisation; for a hub also those in its care."""
    if actor.organisation_id is None or organisation_id is None:
        return False
    return actor.organisation_id == organisation_id or (actor.role == "hub" and actor.organisation_id == hub_id)


def check_own(actor: Actor, organisation_id: str, *, hub_id: str | None) -> None:
    """An organisation-bound actor writes only for organisations it acts for."""
    if is_bound(actor) and not acts_for(actor, organisation_id, hub_id=hub_id):
        raise ForbiddenError(ResourcesCode.NOT_YOUR_ORGANISATION, organisation_id=organisation_id)


def is_interested(donor_id: str, beneficiary_id: str, declared: frozenset[tuple[str, str]]) -> bool:
    """慈善法 (Charity Law) art. 40: the donor itself, or a declared interested party, whichever of the two declared."""
    return (
        donor_id == beneficiary_id or (donor_id, beneficiary_id) in declared or (beneficiary_id, donor_id) in declared
    )


def home_street(actor: Actor, *candidates: str | None) -> str | None:
    """The first street named; else the actor's, where it has exactly one."""
    for street in candidates:
        if street is not None:
            return street
    return actor.street_codes[0] if len(actor.street_codes) == 1 else None
