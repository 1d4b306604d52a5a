"""Reads of the vocabulary."""

from __future__ import annotations

import base64
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, paging
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError
from contracts.resources.vocabulary import ConceptView, EditView, TaggedView
from services.resources.vocabulary import vectors
from services.resources.vocabulary.models import Vocabulary, VocabularyEdit
from services.resources.vocabulary.topics import Reader, reader
from services.resources.vocabulary.words import Concept

PAGE = 50


def current(session: Session, district_code: str) -> Reader:
    """The district's vocabulary, compiled."""
    number = session.scalar(select(Vocabulary.number).where(Vocabulary.district_code == district_code)) or 0
    statement = (
        select(VocabularyEdit.concept, VocabularyEdit.word, VocabularyEdit.action)
        .where(VocabularyEdit.district_code == district_code, VocabularyEdit.number <= number)
        .order_by(VocabularyEdit.number)
    )
    edits = tuple((concept, word, action) for concept, word, action in session.execute(statement)) if number else ()
    return reader(edits, number, vectors.TEXT_MODEL.get())


def get_vocabulary(session: Session, *, actor: Actor, job_id: str | None = None) -> dict[str, Any]:
    """How many edits, concepts and words there are."""
    using = current(session, actor.district_code)
    row = session.scalar(select(Vocabulary).where(Vocabulary.district_code == actor.district_code))
    return {
        "vocabulary_id": row.id if row else None,
        "version": row.version if row else 0,
        "number": row.number if row else 0,
        "concepts": len(using.tagger.concepts),
        "words": sum(len(concept.words) for concept in using.tagger.concepts.values()),
        "job_id": job_id,
    }


def list_concepts(
    session: Session,
    *,
    actor: Actor,
    sort: str | None = None,
    q: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of concepts by key."""
    concepts = current(session, actor.district_code).tagger.concepts
    after = _after(cursor) if cursor else ""
    size = min(max(limit or PAGE, 1), db.MAX_PAGE)
    wanted = [
        concept
        for key, concept in sorted(concepts.items())
        if key > after and sort in (None, concept.sort) and (q is None or _names(concept, q))
    ]
    more = paging.close_cursor(wanted[size - 1].key) if len(wanted) > size else None
    rows = [{**concept.__dict__, "fields_of_work": concept.fields} for concept in wanted[:size]]
    views = [ConceptView().dump({**row, "words": sorted(row["words"])}) for row in rows]
    return {"items": views, "next_cursor": more}


def _after(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error


def _names(concept: Concept, q: str) -> bool:
    return any(q in text for text in (concept.key, *concept.words))


def list_vocabulary_edits(
    session: Session,
    *,
    actor: Actor,
    concept: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """A page of edits, the newest first."""
    statement = db.scoped(select(VocabularyEdit), VocabularyEdit, actor)
    if concept is not None:
        statement = statement.where(VocabularyEdit.concept == concept)
    view = EditView()
    return db.page(session, statement, by=VocabularyEdit.id, render=view.dump, cursor=cursor, limit=limit)


def tag_text(session: Session, *, actor: Actor, text: str) -> dict[str, Any]:
    """What a text speaks of, word by word."""
    using = current(session, actor.district_code)
    topics = using.topics([], text)
    concepts = using.tagger.concepts
    evidence = [
        {**one.__dict__, "words": text[one.start : one.end], "zh": concepts[one.concept].zh}
        | {"en": concepts[one.concept].en}
        for one in using.tagger.tag(text)
    ]
    found = {"topics": sorted(topics), "fields_of_work": using.fields(topics), "evidence": evidence}
    view: dict[str, Any] = TaggedView().dump(found)
    return view
