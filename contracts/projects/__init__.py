"""What the projects service promises."""

from __future__ import annotations

from chassis import standard
from chassis.operations import Operation
from contracts.projects import (
    awards,
    decisions,
    delivery,
    events,
    events_delivery,
    orders,
    proposals,
    review,
    roadshows,
    rounds,
    trail,
    votes,
)

EVENTS = (events, events_delivery)
OPERATIONS: tuple[Operation, ...] = (
    *standard.OPERATIONS,
    *rounds.OPERATIONS,
    *proposals.OPERATIONS,
    *review.OPERATIONS,
    *roadshows.OPERATIONS,
    *votes.OPERATIONS,
    *decisions.OPERATIONS,
    *awards.OPERATIONS,
    *delivery.OPERATIONS,
    *orders.OPERATIONS,
    *trail.OPERATIONS,
)
