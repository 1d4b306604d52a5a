"""What resources tells after it followed a merge of organisations."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="resources", subject="merge_id")
class ResourcesReattributed(Event, frozen=True):
    """Offers, needs, allocations and the like changed hands; ``moved`` counts rows by table.

    ``active``: they went to ``survivor_id``; else back.
    """

    merge_id: str
    survivor_id: str
    merged_id: str
    active: bool
    moved: dict[str, int]
