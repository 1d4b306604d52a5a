"""What the registry promises: who exists, and how they grow."""

from __future__ import annotations

from chassis import standard
from chassis.operations import Operation
from contracts.registry import (
    accounts,
    api_keys,
    cases,
    consultations,
    dashboard,
    events,
    events_care,
    events_cases,
    events_identity,
    oidc,
    organisations,
    places,
    plans,
    policies,
    privacy,
    seed_groups,
    sessions,
    teams,
    visits,
)

EVENT_MODULES = (events, events_cases, events_care, events_identity)
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
    *sessions.OPERATIONS,
    *api_keys.OPERATIONS,
    *privacy.OPERATIONS,
    *oidc.OPERATIONS,
)
