"""Refusals of the vocabulary."""

from __future__ import annotations

from chassis.codes import Code


class VocabularyCode(Code):
    """Words and concepts."""

    CONCEPT_UNKNOWN = "concept_unknown", "没有这个概念", "No such concept"
    WORD_INVALID = "vocabulary_word_invalid", "词语不能这样写", "A word cannot be written like this"
    WORD_WRONG_STATUS = (
        "vocabulary_word_wrong_status",
        "词语已在该概念中，或本来就不在",
        "The concept has the word already, or does not have it",
    )
