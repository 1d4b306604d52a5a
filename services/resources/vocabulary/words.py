"""Concepts and their words, as the shipped files write them.

``{a|b}c`` is two words; ``a~b`` is ``a`` and ``b`` with a few characters between, as in 量~血压 ("量一下血压"); a
leading ``?`` marks a word that alone says little.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

DATA = Path(__file__).parent / "data"
FILES = ("services", "goods", "places", "funds", "people")
SPOKEN = "spoken"
"""How residents say it: further words of the concepts of ``FILES``, several rows a concept."""
THING, AUDIENCE = "thing", "audience"
STRONG, APART, WEAK = 4, 3, 1
_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True, kw_only=True)
class Concept:
    """``sort``: what is given (thing) or for whom (audience). ``words``: expanded, with their marks."""

    key: str
    zh: str
    en: str
    sort: str
    broader: tuple[str, ...]
    fields: tuple[str, ...]
    words: frozenset[str]


@dataclass(frozen=True)
class Word:
    """One word of one concept: its pieces in order, and how much it says (1 to 4)."""

    pieces: tuple[str, ...]
    weight: int


def expand(pattern: str) -> Iterator[str]:
    """Every word a pattern stands for."""
    parts = _BRACES.split(pattern)
    choices = [part.split("|") if at % 2 else [part] for at, part in enumerate(parts)]
    for chosen in product(*choices):
        yield "".join(chosen).strip("~")


def read_word(marked: str) -> Word:
    """A marked word, read."""
    pieces = tuple(piece for piece in marked.removeprefix("?").split("~") if piece)
    if marked.startswith("?") or sum(map(len, pieces)) == 1:
        return Word(pieces, WEAK)
    return Word(pieces, STRONG if len(pieces) == 1 else APART)


@cache
def shipped() -> dict[str, Concept]:
    """The concepts that come with the product, by key."""
    said = _spoken()
    return {concept.key: concept for name in FILES for concept in _read(DATA / f"{name}.csv", said)}


def _expanded(patterns: str) -> set[str]:
    return {word for pattern in patterns.split() for word in expand(pattern)}


def _spoken() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    with (DATA / f"{SPOKEN}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["key"]] |= _expanded(row["words"])
    return found


def _read(path: Path, said: Mapping[str, set[str]]) -> Iterator[Concept]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = _expanded(row["words"]) | said.get(row["key"], set())
            yield Concept(
                key=row["key"],
                zh=row["zh"],
                en=row["en"],
                sort=row["sort"],
                broader=tuple(row["broader"].split()),
                fields=tuple(row["fields"].split()),
                words=frozenset(words - {""}) | {row["zh"], row["en"]},
            )


def ancestors(concepts: dict[str, Concept], key: str) -> frozenset[str]:
    """Every broader concept, itself not among them."""
    found: set[str] = set()
    waiting = list(concepts[key].broader) if key in concepts else []
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += concepts[one].broader if one in concepts else ()
    return frozenset(found)


def edited(shipped_words: dict[str, Concept], edits: Sequence[tuple[str, str, str]]) -> dict[str, Concept]:
    """The concepts after a district's edits ``(concept, word, add|retire)`` in their order."""
    words = {key: set(concept.words) for key, concept in shipped_words.items()}
    for key, word, action in edits:
        if key in words:
            words[key].add(word) if action == "add" else words[key].discard(word)
    return {
        key: Concept(**{**concept.__dict__, "words": frozenset(words[key])}) for key, concept in shipped_words.items()
    }
