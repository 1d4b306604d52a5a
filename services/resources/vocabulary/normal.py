"""Text as the tagger reads it: half width, lower case, simplified; every character remembers where it stood."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from services.resources.vocabulary.words import DATA

_LATIN = re.compile(r"[a-z]+(?: [a-z]+)*")
_SOUNDS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"))


@dataclass(frozen=True)
class Normal:
    """``places[i]`` is the place in the original of character i."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch stood in the original."""
        return self.places[start], self.places[end - 1] + 1


@cache
def simplified() -> dict[str, str]:
    """Traditional characters of these texts and their simplified ones."""
    with (DATA / "traditional.csv").open(encoding="utf-8", newline="") as file:
        return {row["traditional"]: row["simplified"] for row in csv.DictReader(file)}


def normal(text: str) -> Normal:
    """Blanks between Chinese characters go; others become one blank."""
    table = simplified()
    chars: list[str] = []
    places: list[int] = []
    for place, raw in enumerate(text):
        for char in unicodedata.normalize("NFKC", raw).casefold():
            blank = char.isspace()
            if blank and (not chars or not chars[-1].isascii() or chars[-1] == " "):
                continue
            if not blank and chars and chars[-1] == " " and not char.isascii():
                chars.pop()
                places.pop()
            chars.append(" " if blank else table.get(char, char))
            places.append(place)
    return Normal("".join(chars), tuple(places))


def latin_runs(text: str) -> list[tuple[int, int, str]]:
    """``(start, end, sound)`` of stretches that may be pinyin."""
    return [(found.start(), found.end(), blurred(found.group())) for found in _LATIN.finditer(text)]


def syllables(text: str, start: int, end: int, *, most: int) -> Iterator[tuple[int, int, str]]:
    """``(start, end, sound)`` of two to ``most`` words in a row within a stretch: "wo yao lun yi" holds "lun yi"."""
    words = [(start + found.start(), start + found.end()) for found in re.finditer("[a-z]+", text[start:end])]
    for at, (first, _) in enumerate(words):
        for _, last in words[at + 1 : at + most]:
            yield first, last, blurred(text[first:last])


def blurred(pinyin: str) -> str:
    """Sounds that many people do not tell apart are written alike."""
    sound = pinyin.replace(" ", "")
    for long, short in _SOUNDS:
        sound = sound.replace(long, short)
    return sound


def bigrams(text: str) -> list[str]:
    """Neighbouring characters within a stretch of letters and digits, in order; a lone character stands for itself."""
    found: list[str] = []
    for stretch in re.findall(r"[^\W_]+", text):
        found += [stretch[at : at + 2] for at in range(len(stretch) - 1)] or [stretch]
    return found
