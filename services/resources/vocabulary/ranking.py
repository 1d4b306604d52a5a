"""How well texts answer a text: concepts first, then shared character pairs (BM25). Whole numbers with names. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.resources.vocabulary import normal
from services.resources.vocabulary.tagger import Tagger
from services.resources.vocabulary.words import AUDIENCE, ancestors

K1, B = 1.2, 0.5
CONCEPT, BROADER, AUDIENCE_SHARE, LETTERS = 100, 25, 12, 20
"""Points per cent: of a shared concept, of a related one, of a shared audience, of the letters."""


@dataclass(frozen=True)
class Text:
    """A text as ranking reads it."""

    key: str
    concepts: Mapping[str, int]
    pairs: Mapping[str, int]
    length: int


@dataclass(frozen=True)
class Scored:
    """The score is the sum of its terms."""

    key: str
    terms: dict[str, int]

    @property
    def score(self) -> int:
        return sum(self.terms.values())


def read(tagger: Tagger, key: str, text: str) -> Text:
    """Concepts and character pairs of a text."""
    pairs = normal.bigrams(normal.normal(text).text)
    return Text(key, tagger.weigh(text), Counter(pairs), len(pairs))


@dataclass
class Corpus:
    """Texts to rank; how rare a concept or a pair is among them decides how much it counts."""

    tagger: Tagger
    texts: list[Text]
    _concepts: Counter[str] = field(init=False)
    _pairs: Counter[str] = field(init=False)

    def __post_init__(self) -> None:
        self._concepts = Counter(key for one in self.texts for key in one.concepts)
        self._pairs = Counter(pair for one in self.texts for pair in one.pairs)
        self._mean = sum(one.length for one in self.texts) / max(len(self.texts), 1) or 1.0
        self._above = {key: ancestors(self.tagger.concepts, key) for key in self.tagger.concepts}

    def rank(self, query: Text, limit: int) -> list[Scored]:
        """The best first; equal scores by key; what shares nothing is left out."""
        found = (Scored(one.key, self.terms(query, one)) for one in self.texts)
        return sorted((one for one in found if one.terms), key=lambda one: (-one.score, one.key))[:limit]

    def terms(self, query: Text, one: Text) -> dict[str, int]:
        """``concept:<key>``, ``related:<key>``, ``letters``; none negative, none zero."""
        found = {
            (f"concept:{key}" if key in one.concepts else f"related:{key}"): self._concept(key, weight, one)
            for key, weight in query.concepts.items()
        }
        found["letters"] = self._letters(query, one)
        return {name: points for name, points in found.items() if points > 0}

    def _concept(self, key: str, weight: int, one: Text) -> int:
        audience = self.tagger.concepts[key].sort == AUDIENCE
        if key in one.concepts:
            share = AUDIENCE_SHARE if audience else CONCEPT
            return self._rare(self._concepts[key]) * share * min(weight, one.concepts[key]) // 400
        related = [other for other in one.concepts if other in self._above[key] or key in self._above[other]]
        if audience or not related:
            return 0
        return self._rare(self._concepts[key]) * BROADER * min(weight, max(one.concepts[it] for it in related)) // 400

    def _letters(self, query: Text, one: Text) -> int:
        long = K1 * (1 - B + B * one.length / self._mean)
        total = sum(
            self._rare(self._pairs[pair]) * one.pairs[pair] * (K1 + 1) / (one.pairs[pair] + long)
            for pair in query.pairs
            if pair in one.pairs
        )
        return int(total * LETTERS) // 100

    def _rare(self, count: int) -> int:
        return round(100 * math.log(1 + (len(self.texts) - count + 0.5) / (count + 0.5)))


def corpus(tagger: Tagger, texts: Iterable[tuple[str, str]]) -> Corpus:
    """Of ``(key, text)``."""
    return Corpus(tagger, [read(tagger, key, text) for key, text in texts])
