"""What the registry promises: who exists, and how they grow."""

from __future__ import annotations

from chassis import standard
from chassis.operations import Operation
from contracts.registry import (
    accounts,
    bulk,
    cases,
    consultations,
    credit,
    dashboard,
    details,
    duplicates,
    events,
    events_bulk,
    events_care,
    events_cases,
    events_organisations,
    events_places,
    finding,
    merges,
    organisations,
    places,
    plans,
    policies,
    readiness,
    seed_groups,
    teams,
    visits,
)

EVENT_MODULES = (events, events_cases, events_care, events_organisations, events_bulk, events_places)
OPERATIONS: tuple[Operation, ...] = (
    *standard.OPERATIONS,
    *places.OPERATIONS,
    *accounts.OPERATIONS,
    *organisations.OPERATIONS,
    *details.OPERATIONS,
    *finding.OPERATIONS,
    *duplicates.OPERATIONS,
    *merges.OPERATIONS,
    *credit.OPERATIONS,
    *readiness.OPERATIONS,
    *seed_groups.OPERATIONS,
    *cases.OPERATIONS,
    *teams.OPERATIONS,
    *plans.OPERATIONS,
    *visits.OPERATIONS,
    *consultations.OPERATIONS,
    *policies.OPERATIONS,
    *dashboard.OPERATIONS,
    *bulk.OPERATIONS,
)
