"""Events of the vocabulary."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="resources", subject="vocabulary_id")
class VocabularyChanged(Event, frozen=True, kw_only=True):
    """A word was added to or retired from a concept; texts are tagged anew.

    ``number``: how many edits the district has made; why stays in resources.
    """

    vocabulary_id: str
    number: int
    concept: str
    word: str
    action: str
