"""What the registry promises: who exists, and how they grow."""

from __future__ import annotations

from chassis import standard
from chassis.operations import Operation
from contracts.registry import (
    accounts,
    assessments,
    brands,
    cases,
    consultations,
    cultivation,
    dashboard,
    designations,
    events,
    events_assess,
    events_brand,
    events_care,
    events_cases,
    events_party,
    events_training,
    organisations,
    party,
    places,
    plans,
    policies,
    programmes,
    rulebooks,
    seed_groups,
    teams,
    trainings,
    visits,
)

EVENT_MODULES = (
    events,
    events_cases,
    events_care,
    events_assess,
    events_party,
    events_brand,
    events_training,
)
OPERATIONS: tuple[Operation, ...] = (
    *standard.OPERATIONS,
    *places.OPERATIONS,
    *accounts.OPERATIONS,
    *organisations.OPERATIONS,
    *seed_groups.OPERATIONS,
    *cases.OPERATIONS,
    *teams.OPERATIONS,
    *plans.OPERATIONS,
    *visits.OPERATIONS,
    *consultations.OPERATIONS,
    *policies.OPERATIONS,
    *dashboard.OPERATIONS,
    *rulebooks.OPERATIONS,
    *assessments.OPERATIONS,
    *cultivation.OPERATIONS,
    *party.OPERATIONS,
    *designations.OPERATIONS,
    *brands.OPERATIONS,
    *programmes.OPERATIONS,
    *trainings.OPERATIONS,
)
