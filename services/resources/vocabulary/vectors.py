"""An optional model of word vectors: suggests a concept where no word of the vocabulary is met. Off unless TEXT_MODEL
names a local file in the text format of word2vec; nothing is ever fetched."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from chassis.config import setting
from services.resources.vocabulary import normal
from services.resources.vocabulary.words import THING, Concept, read_word

TEXT_MODEL = setting(
    "TEXT_MODEL",
    "",
    "File of static word vectors (a word and its numbers a line) that suggests a concept for texts in which no word of "
    "the vocabulary is met; empty: none.",
)
TEXT_MODEL_NEAR = setting(
    "TEXT_MODEL_NEAR_PERMILLE",
    600,
    "How near (cosine, per mille) a text must be to a concept for TEXT_MODEL to say so.",
)
_LONGEST = 8
Vector = tuple[float, ...]


class Model:
    """Words and their vectors; the vectors of a concept and of a text are the means of their words'."""

    def __init__(self, vectors: Mapping[str, Vector], concepts: Mapping[str, Concept]) -> None:
        self._vectors = vectors
        found = {key: _mean(self._of(one)) for key, one in sorted(concepts.items()) if one.sort == THING}
        self._concepts = {key: vector for key, vector in found.items() if vector}

    def nearest(self, text: str, *, at_least: int) -> tuple[str, int] | None:
        """The nearest concept and its nearness per mille, if near enough; ties go to the first key."""
        mine = _mean(self._vectors[word] for word in self._words(normal.normal(text).text))
        if not mine or not self._concepts:
            return None
        nearness = {key: round(1000 * _cosine(mine, vector)) for key, vector in self._concepts.items()}
        best = min(nearness, key=lambda key: (-nearness[key], key))
        return (best, nearness[best]) if nearness[best] >= at_least else None

    def _of(self, concept: Concept) -> list[Vector]:
        """Of words in one piece: 轮椅 of 轮椅~进不去 alone is another thing."""
        whole = (word.pieces[0] for word in map(read_word, sorted(concept.words)) if len(word.pieces) == 1)
        return [self._vectors[word] for word in whole if word in self._vectors]

    def _words(self, text: str) -> list[str]:
        """The longest known words, from left to right."""
        found, at = [], 0
        while at < len(text):
            for length in range(min(_LONGEST, len(text) - at), 0, -1):
                if text[at : at + length] in self._vectors:
                    found.append(text[at : at + length])
                    break
            at += len(found[-1]) if found and text.startswith(found[-1], at) else 1
        return found


def stamp(path: str) -> str:
    """Of what a file of vectors makes of texts: another one, or another nearness, reads them again. By its size, which
    is the same in every process whatever it was copied from."""
    told = f"{Path(path).stat().st_size}:{TEXT_MODEL_NEAR.get()}"
    return f"{zlib.crc32(told.encode()):08x}"


@cache
def read(path: str) -> dict[str, Vector]:
    """The vectors of a file; a first line of counts is skipped."""
    found: dict[str, Vector] = {}
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            word, *numbers = line.split()
            if len(numbers) > 1:
                found[word] = tuple(map(float, numbers))
    return found


def _mean(vectors: Iterable[Vector]) -> Vector:
    rows = list(vectors)
    return tuple(sum(column) / len(rows) for column in zip(*rows, strict=True)) if rows else ()


def _cosine(one: Vector, other: Vector) -> float:
    length = math.sqrt(sum(x * x for x in one) * sum(x * x for x in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / length if length else 0.0
