"""Words of concepts: which may be added or retired, and how one is written. Pure."""

from __future__ import annotations

import re

from chassis.errors import ConflictError, InvalidError
from contracts.resources.codes_vocabulary import VocabularyCode

ABSENT, ACTIVE, RETIRED = "absent", "active", "retired"
STATUSES = (ABSENT, ACTIVE, RETIRED)
ADD, RETIRE = "add", "retire"
ACTIONS = (ADD, RETIRE)
TRANSITIONS: dict[tuple[str, str], str] = {
    (ABSENT, ADD): ACTIVE,
    (RETIRED, ADD): ACTIVE,
    (ACTIVE, RETIRE): RETIRED,
}
_WORD = re.compile(r"\??[^\W_][^?~{}|\n]*(?:~[^\W_][^?~{}|\n]*){0,2}\Z")


def next_status(status: str, action: str) -> str:
    """The table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(VocabularyCode.WORD_WRONG_STATUS, status=status, action=action) from None


def check_word(word: str) -> None:
    """At most three pieces, each begins with a letter or digit; a piece of one letter only among several."""
    if not _WORD.match(word):
        raise InvalidError(VocabularyCode.WORD_INVALID, word=word)
