"""Events of free text: that it went, never what it said."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="record_id")
class TextRedacted(Event, frozen=True):
    """A text that named somebody was erased by hand; ``ground`` is a word of the law."""

    record_id: str
    field: str
    ground: str
