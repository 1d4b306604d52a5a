"""What the registry promises: who exists, and how they grow."""

from __future__ import annotations

from chassis import standard
from chassis.operations import Operation
from contracts.registry import (
    accounts,
    base,
    cases,
    centres,
    consultations,
    dashboard,
    deadlines,
    entrustments,
    events,
    events_base,
    events_care,
    events_cases,
    guidance,
    organisations,
    places,
    plans,
    policies,
    policy_documents,
    seed_groups,
    teams,
    visits,
)

EVENT_MODULES = (events, events_cases, events_care, events_base)
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
    *deadlines.OPERATIONS,
    *centres.OPERATIONS,
    *entrustments.OPERATIONS,
    *base.OPERATIONS,
    *policy_documents.OPERATIONS,
    *guidance.OPERATIONS,
)
