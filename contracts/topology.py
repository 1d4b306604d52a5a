"""Which process consumes which queue, from the contracts alone; importing this registers every event there is."""

from __future__ import annotations

import contracts.notify
import contracts.projects
import contracts.registry
import contracts.resources  # noqa: F401  imported, like the others, for the events it declares
from chassis.events import TYPES
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.names import queue_names
from contracts.broker_users import SERVICES as SERVICES
from contracts.broker_users import TRAIL as TRAIL


def consumed_queues() -> dict[str, list[str]]:
    """``{process: [queue, …]}``: RPC, one per handled event, and the parking; the trail hears everything."""
    queues = {service: queue_names(service, _handled(service)) for service in SERVICES}
    queues[TRAIL] = queue_names(TRAIL, [ANY_EVENT], rpc=False)
    return queues


def _handled(service: str) -> list[str]:
    return [name for name, kind in TYPES.items() if service in kind.handled_by]
