"""A pump of the job process: what no word of the vocabulary is met in, an embedding model may guess.

Nothing happens unless TEXT_MODEL_URL is set. The model is asked between two transactions, about each text once; what
it guesses is a topic of suggestions like any other, and the row says how near it was.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from chassis import config, logging
from chassis.runtime.execute import Executor
from services.resources.needs.models import Need
from services.resources.offers.models import Offer
from services.resources.vocabulary import endpoint, topics
from services.resources.vocabulary import queries as vocabulary
from services.resources.vocabulary.endpoint import Endpoint
from services.resources.vocabulary.topics import Reader
from services.resources.vocabulary.vectors import Vector
from services.resources.vocabulary.words import STRONG, THING, Concept, read_word

log = logging.get(__name__)
PUMP = "guess_topics"
AT_ONCE, SAID_OF = 64, 12
REST, AGAIN = 5.0, 60.0  # seconds between two looks, and after a failure
ENDED = ("expired", "withdrawn", "met", "unmet_closed", "cancelled")


@dataclass(frozen=True)
class Unread:
    """A text that says nothing to the vocabulary."""

    model: Any
    id: str
    kind: str
    street_code: str | None
    read_with: str
    text: str


class Guesser:
    """Keeps the vectors of the concepts, which change with the model or the words only."""

    def __init__(self) -> None:
        self._next = 0.0
        self._vectors: dict[str, Vector] = {}
        self._stamp = ""

    def __call__(self, executor: Executor) -> int:
        """One turn; how many texts were asked about."""
        asked = endpoint.configured()
        if asked is None or time.monotonic() < self._next:
            return 0
        self._next = time.monotonic() + REST
        district = config.DISTRICT.get()
        with executor.sessions() as session:
            using = vocabulary.current(session, district)
            waiting = unread(session, district, f"{asked.stamp}.{using.stamp}")
        if not waiting:
            return 0
        try:
            guessed = self._guess(asked, using, [row.text for row in waiting])
        except endpoint.UnusableError as error:
            log.warning("text_model_unusable", problem=str(error))
            self._next = time.monotonic() + AGAIN
            return 0
        with executor.system_session(PUMP, district) as session:
            for row, guess in zip(waiting, guessed, strict=True):
                keep(session, using, row, guess, f"{asked.stamp}.{using.stamp}")
        self._next = 0.0
        return len(waiting)

    def _guess(self, asked: Endpoint, using: Reader, texts: Sequence[str]) -> list[tuple[str, int] | None]:
        """Of each text the nearest concept and its nearness per mille, if near enough."""
        concepts = self._of_concepts(asked, using.tagger.concepts)
        mine = asked.vectors(texts)
        if mine and any(len(vector) != len(mine[0]) for vector in concepts.values()):
            self._stamp = ""  # the model changed behind its name
            raise endpoint.UnusableError("vectors of several lengths")
        return nearest(mine, concepts, at_least=asked.near)

    def _of_concepts(self, asked: Endpoint, concepts: Mapping[str, Concept]) -> dict[str, Vector]:
        if self._stamp != asked.stamp:
            self._vectors, self._stamp = {}, asked.stamp
        texts = {key: describe(one) for key, one in sorted(concepts.items()) if one.sort == THING}
        missing = sorted(set(texts.values()) - self._vectors.keys())
        self._vectors.update(zip(missing, asked.vectors(missing), strict=True))
        return {key: self._vectors[text] for key, text in texts.items()}


def describe(concept: Concept) -> str:
    """What the model is told that a concept is: its name and its shortest words."""
    words = (word for word in map(read_word, sorted(concept.words)) if len(word.pieces) == 1 and word.weight == STRONG)
    said = sorted({word.pieces[0] for word in words} - {concept.zh, concept.en}, key=lambda word: (len(word), word))
    return "、".join([concept.zh, *said[:SAID_OF]])


def nearest(mine: Sequence[Vector], concepts: Mapping[str, Vector], *, at_least: int) -> list[tuple[str, int] | None]:
    """Of each the nearest by the cosine of vectors of length 1, if near enough; ties go to the first key."""
    import numpy as np  # loaded here: only the job process asks, and the library is large

    keys = sorted(concepts)
    if not keys or not mine:
        return [None for _ in mine]
    near = np.rint(1000 * (np.array(mine) @ np.array([concepts[key] for key in keys]).T)).astype(int)
    best = near.argmax(axis=1)  # the first of equals
    found = zip(best, near.max(axis=1), strict=True)
    return [(keys[int(at)], int(value)) if value >= at_least else None for at, value in found]


def unread(session: Session, district_code: str, stamp: str) -> list[Unread]:
    """Some texts without a topic that this model was not asked about, the newest first."""
    found: list[Unread] = []
    for model in (Offer, Need):
        columns = (model.id, model.kind, model.street_code, model.read_with, model.title, model.skills, model.summary)
        statement = select(*columns).where(
            model.district_code == district_code,
            model.topics == [],
            model.guessed_with != stamp,
            model.status.not_in(ENDED),
        )
        for row in session.execute(statement.order_by(model.id.desc()).limit(AT_ONCE - len(found))):
            text = topics.text_of(dict(row._mapping)).strip()
            found.append(Unread(model, row.id, row.kind, row.street_code, row.read_with, text))
    return found


def keep(session: Session, using: Reader, row: Unread, guess: tuple[str, int] | None, stamp: str) -> None:
    """Unless the words were read anew meanwhile. The row's version stays: its text is the same."""
    values: dict[str, Any] = {"guessed_with": stamp, "guess_permille": None}
    if guess is not None:
        reach = using.reach([guess[0]])
        values |= {"guess_permille": guess[1], "topics": sorted(reach) if row.model is Offer else [guess[0]]}
        if row.model is Offer:
            values["topic_keys"] = topics.keys(row.kind, row.street_code, reach)
    table = row.model.__table__
    same = table.c.topics == [], table.c.read_with == row.read_with
    session.connection().execute(update(table).where(table.c.id == row.id, *same).values(values))
