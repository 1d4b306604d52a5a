"""What the resources service promises."""

from chassis import standard
from chassis.operations import Operation
from contracts.resources import allocations, dashboard, events, matching, needs, offers

OPERATIONS: tuple[Operation, ...] = (
    *standard.OPERATIONS,
    *offers.OPERATIONS,
    *needs.OPERATIONS,
    *matching.OPERATIONS,
    *allocations.OPERATIONS,
    *dashboard.OPERATIONS,
)
__all__ = ["OPERATIONS", "events"]
