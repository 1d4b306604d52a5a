"""Which concepts a text speaks of, with the words that say so. Pure: a trie, longest match, negation-safe."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from pypinyin import lazy_pinyin

from services.resources.vocabulary import normal
from services.resources.vocabulary.words import AUDIENCE, STRONG, Concept, read_word

GAP = 6
"""At most so many characters between the pieces of a word in two."""
_BREAK = frozenset(",.;:!?,。;:!?、\n()（）")
_STOP = frozenset(",.;:!?。\n但而只要想需")
_NOT = re.compile(r"(?<!要)(?<!是)(?:不(?:再|太)?(?:需要|想要|要|用|收|含|包括|提供|接收|接受)|无需|无须|谢绝|拒收)")
_FREE = ("钱", "收费", "押金")
_JOINS = re.compile(r"[、和及与或跟]|以及|还有")
NEAR = 4
SPELT = 4
"""Words of at most so many characters are also met in pinyin."""
KEPT, SHORT = 1 << 12, 20
_END = ""


@dataclass(frozen=True, order=True)
class Evidence:
    """A word in a text: its place in the original, the concept, how much it says, whether it is refused."""

    start: int
    end: int
    concept: str
    weight: int
    negated: bool = False


@dataclass(frozen=True)
class _Hit:
    start: int
    end: int
    meanings: tuple[tuple[str, int], ...]


class Tagger:
    """Compiled once per version of a vocabulary. Of short texts (tags, which recur) it keeps what it found."""

    def __init__(self, concepts: Mapping[str, Concept]) -> None:
        self.concepts = dict(concepts)
        self._trie: dict[str, Any] = {}
        self._kept = lru_cache(maxsize=KEPT)(self._weigh)
        for key, concept in sorted(concepts.items()):
            for marked in sorted(concept.words):
                self._plant(key, marked)

    def _plant(self, key: str, marked: str) -> None:
        word = read_word(marked)
        pieces = tuple(map(_plain, word.pieces))
        if not pieces:
            return
        node = self._trie
        for char in pieces[0]:
            node = node.setdefault(char, {})
        node.setdefault(_END, []).append((pieces[1:], key, word.weight))

    def tag(self, text: str) -> list[Evidence]:
        """Every piece of evidence, in order of place; a word inside a longer one does not count."""
        read = normal.normal(text)
        hits = [*self._hits(read.text), *self._pinyin(read.text)]
        kept = [hit for hit in hits if not any(_inside(hit, other) for other in hits)]
        refused = _refused(read.text, kept)
        found = {
            Evidence(*read.span(hit.start, hit.end), concept, weight, hit in refused)
            for hit in kept
            for concept, weight in hit.meanings
        }
        return sorted(found)

    def weigh(self, text: str) -> dict[str, int]:
        """Concepts of a text and how surely it speaks of them, 1 to 8; what it refuses is left out."""
        return dict(self._kept(text)) if len(text) <= SHORT else self._weigh(text)

    def _weigh(self, text: str) -> dict[str, int]:
        by_concept: dict[str, dict[tuple[int, int], int]] = {}
        for one in self.tag(text):
            if not one.negated:
                by_concept.setdefault(one.concept, {})[one.start, one.end] = one.weight
        return {key: _surely(list(weights.values())) for key, weights in by_concept.items()}

    def things(self, text: str) -> frozenset[str]:
        """The things (not the audiences) a text surely speaks of."""
        return frozenset(
            key
            for key, weight in self.weigh(text).items()
            if weight >= STRONG - 1 and self.concepts[key].sort != AUDIENCE
        )

    def _hits(self, text: str) -> Iterator[_Hit]:
        for start in range(len(text)):
            best: dict[int, list[tuple[str, int]]] = {}
            for end, endings in self._ends(text, start):
                for rest, key, weight in endings:
                    last = _follow(text, end, rest)
                    if last is not None:
                        best.setdefault(last, []).append((key, weight))
            if best:
                longest = max(best)
                yield _Hit(start, longest, tuple(sorted(set(best[longest]))))

    def _ends(self, text: str, start: int) -> Iterator[tuple[int, list[tuple[tuple[str, ...], str, int]]]]:
        node = self._trie
        for end in range(start, len(text)):
            step = node.get(text[end])
            if step is None:
                return
            node = step
            if _END in node and _whole(text, start, end + 1):
                yield end + 1, node[_END]

    def _pinyin(self, text: str) -> Iterator[_Hit]:
        """Stretches written in pinyin, and within them as many syllables in a row as a word has."""
        for start, end, sound in normal.latin_runs(text):
            meanings = self._sounds.get(sound) if len(sound) >= NEAR else None
            if meanings:
                yield _Hit(start, end, tuple(sorted(meanings)))
                continue
            for first, last, part in normal.syllables(text, start, end, most=SPELT):
                if len(part) >= NEAR and part in self._sounds:
                    yield _Hit(first, last, tuple(sorted(self._sounds[part])))

    @cached_property
    def _sounds(self) -> dict[str, set[tuple[str, int]]]:
        found: dict[str, set[tuple[str, int]]] = {}
        for key, concept in self.concepts.items():
            for marked in concept.words:
                word = read_word(marked)
                if len(word.pieces) == 1 and _spelt(marked) and word.weight == STRONG:
                    sound = _sound(word.pieces[0])
                    found.setdefault(sound, set()).add((key, word.weight))
        return found


@lru_cache(maxsize=1 << 13)
def _plain(piece: str) -> str:
    """As texts are read; pieces recur in many words."""
    return normal.normal(piece).text


@lru_cache(maxsize=1 << 16)
def _sound(word: str) -> str:
    """Kept, so that an edit of one word does not spell all others anew."""
    return normal.blurred("".join(lazy_pinyin(word)))


def _spelt(word: str) -> bool:
    """Nobody writes half a sentence in pinyin."""
    return len(word) <= SPELT and not word.isascii()


def _whole(text: str, start: int, end: int) -> bool:
    """A Latin word is met whole or not at all."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return not (_latin(text[start]) and _latin(before)) and not (_latin(text[end - 1]) and _latin(after))


def _latin(char: str) -> bool:
    return char.isascii() and char.isalpha()


def _follow(text: str, end: int, rest: tuple[str, ...]) -> int | None:
    """Where the last of the further pieces ends: each within reach, in the same clause."""
    for piece in rest:
        at = text.find(piece, end, end + GAP + len(piece))
        if at < 0 or _BREAK.intersection(text[end:at]):
            return None
        end = at + len(piece)
    return end


def _inside(hit: _Hit, other: _Hit) -> bool:
    longer = other.end - other.start > hit.end - hit.start
    return longer and other.start <= hit.start and hit.end <= other.end


def _surely(weights: list[int]) -> int:
    return min(max(weights) + len(weights) - 1, 2 * STRONG)


def _refused(text: str, hits: list[_Hit]) -> set[_Hit]:
    """Hits that 不要, 不需要 and the like stand before, and those joined to them by 、 or 和."""
    cues = [found.end() for found in _NOT.finditer(text) if not text.startswith(_FREE, found.end())]
    ordered = sorted(hits, key=lambda hit: (hit.start, hit.end))
    refused: set[_Hit] = set()
    for hit in ordered:
        near = any(cue <= hit.start <= cue + NEAR and not _STOP & set(text[cue : hit.start]) for cue in cues)
        joined = any(_JOINS.fullmatch(text[other.end : hit.start]) for other in refused)
        overlaps = any(other.start <= hit.start < other.end for other in refused)
        if near or joined or overlaps:
            refused.add(hit)
    return refused
