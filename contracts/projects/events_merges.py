"""What projects tells after it followed a merge of organisations."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="merge_id")
class ProjectsReattributed(Event, frozen=True):
    """Proposals, awards, projects, orders and the like changed hands; ``moved`` counts rows by table.

    ``active``: they went to ``survivor_id``; else back. ``recused``: ``[proposal, judge, conflict]`` that the merge
    made (an empty conflict: one that its undoing ended).
    """

    merge_id: str
    survivor_id: str
    merged_id: str
    active: bool
    moved: dict[str, int]
    recused: list[list[str]]
