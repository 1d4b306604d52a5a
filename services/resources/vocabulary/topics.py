"""The topics of an offer or a need: its tags where they say a thing, else its text, in concepts where there are any."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from services.resources.vocabulary import vectors
from services.resources.vocabulary.tagger import Tagger
from services.resources.vocabulary.words import AUDIENCE, DATA, FILES, SPOKEN, ancestors, edited, shipped

UNKNOWN = "?"
EVERYWHERE = "-"


@dataclass(frozen=True)
class Reader:
    """A compiled vocabulary. ``stamp`` says with which words a text was read."""

    tagger: Tagger
    stamp: str
    model: vectors.Model | None

    def topics(self, tags: Sequence[str], text: str) -> frozenset[str]:
        """Concepts of the tags, and tags that are no word of ours as they are; the text where the tags name none."""
        known = {tag: self.tagger.things(tag) for tag in tags}
        audiences = {tag for tag in tags if self._audience(tag)}
        of_tags = frozenset().union(*known.values(), (tag for tag in tags if not known[tag] and tag not in audiences))
        return of_tags or self._of_text(text)

    def accepted(self, tags: Sequence[str]) -> frozenset[str]:
        """What is taken in place of another thing: of each tag the narrowest concepts, or the tag as it is."""
        return frozenset().union(*(self.narrowest(self.tagger.things(tag)) or {tag} for tag in tags))

    def reach(self, topics: Iterable[str]) -> frozenset[str]:
        """The topics and everything broader."""
        return frozenset(topics).union(*(ancestors(self.tagger.concepts, one) for one in topics))

    def narrowest(self, topics: frozenset[str]) -> frozenset[str]:
        """Without those that others of them are narrower than."""
        return topics.difference(*(ancestors(self.tagger.concepts, one) for one in topics))

    def fields(self, topics: Iterable[str]) -> list[str]:
        """Fields of work that follow from topics."""
        concepts = self.tagger.concepts
        return sorted({field for one in topics if one in concepts for field in concepts[one].fields})

    def _of_text(self, text: str) -> frozenset[str]:
        found = self.tagger.things(text)
        if found or self.model is None:
            return found
        near = self.model.nearest(text, at_least=vectors.TEXT_MODEL_NEAR.get())
        return frozenset({near[0]}) if near else found

    def _audience(self, tag: str) -> bool:
        found = self.tagger.weigh(tag)
        return bool(found) and all(self.tagger.concepts[key].sort == AUDIENCE for key in found)


Edits = tuple[tuple[str, str, str], ...]


@lru_cache(maxsize=4)
def reader(edits: Edits, number: int, model_file: str) -> Reader:
    """Compiled once per state of a district's edits, in every process."""
    concepts = edited(shipped(), edits)
    model = vectors.Model(vectors.read(model_file), concepts) if model_file else None
    stamp = f"{_shipped_stamp()}.{number}"
    return Reader(Tagger(concepts), f"{stamp}.{vectors.stamp(model_file)}" if model else stamp, model)


@cache
def _shipped_stamp() -> str:
    """Of the shipped files: another release reads every text again."""
    content = b"".join((DATA / f"{name}.csv").read_bytes() for name in (*FILES, SPOKEN, "traditional"))
    return hashlib.sha256(content).hexdigest()[:8]


def keys(kind: str, street_code: str | None, reach: Iterable[str]) -> list[str]:
    """What the index of offers is asked by: kind, street and topic in one word, so that it finds no row in vain."""
    place = f"{kind}:{street_code or EVERYWHERE}:"
    return [f"{place}{topic}" for topic in sorted(reach) or (UNKNOWN,)] + [place]


def of_offer(using: Reader, row: Mapping[str, Any]) -> dict[str, Any]:
    """The columns that an offer's kind, street, tags, skills and texts give."""
    reach = using.reach(using.topics(row["tags"], text_of(row)))
    found_by = keys(row["kind"], row["street_code"], reach)
    return {"topics": sorted(reach), "topic_keys": found_by, "read_with": using.stamp}


def of_need(using: Reader, row: Mapping[str, Any]) -> dict[str, Any]:
    """The same of a need: what it lacks, nothing broader: 急救培训 is first aid, not teaching of any kind."""
    return {
        "topics": sorted(using.narrowest(using.topics(row["tags"], text_of(row)))),
        "substitute_topics": sorted(using.accepted(row.get("substitutes", ()))),
        "read_with": using.stamp,
    }


def text_of(row: Mapping[str, Any]) -> str:
    """What is read of a row without tags."""
    return "\n".join((row["title"], *row["skills"], row["summary"]))
