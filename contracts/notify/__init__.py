"""What notify promises: inbox, preferences, webhooks, deliveries, templates."""

from chassis import standard
from chassis.operations import Operation
from contracts.notify import deliveries, events, messages, templates, webhooks

OPERATIONS: tuple[Operation, ...] = (
    *standard.OPERATIONS,
    *messages.OPERATIONS,
    *webhooks.OPERATIONS,
    *deliveries.OPERATIONS,
    *templates.OPERATIONS,
)
__all__ = ["OPERATIONS", "events"]
