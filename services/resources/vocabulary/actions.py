"""Writes of the vocabulary."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db, ids, jobs, outbox
from chassis.actor import Actor
from chassis.errors import ForbiddenError, NotFoundError
from contracts.resources.codes import ResourcesCode
from contracts.resources.codes_vocabulary import VocabularyCode
from contracts.resources.events_vocabulary import VocabularyChanged
from services.resources.vocabulary import domain, queries
from services.resources.vocabulary.models import Vocabulary, VocabularyEdit

JOB = "read_texts_again"


def edit_vocabulary(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    action: str,
    concept: str,
    word: str,
    reason: str,
    expected_version: int | None,
) -> dict[str, Any]:
    """Add a word to a concept or retire one; a job reads every offer and need anew. One edit after the other."""
    domain.check_word(word)
    row = _hold(session, actor.district_code, now)
    db.check_version(row, expected_version)
    known = queries.current(session, actor.district_code).tagger.concepts.get(concept)
    if known is None:
        raise NotFoundError(VocabularyCode.CONCEPT_UNKNOWN, concept=concept)
    domain.next_status(_status(session, row, concept, word, present=word in known.words), action)
    row.number += 1
    edit = VocabularyEdit(
        id=ids.new_id("vce"),
        district_code=row.district_code,
        street_code=None,
        vocabulary_id=row.id,
        number=row.number,
        concept=concept,
        word=word,
        action=action,
        reason=reason,
        account_id=_account(actor),
        created_at=now,
    )
    return _store(session, actor, edit)


def _store(session: Session, actor: Actor, edit: VocabularyEdit) -> dict[str, Any]:
    session.add(edit)
    session.flush()
    job = jobs.enqueue(session, JOB, vocabulary_number=edit.number)
    fact = VocabularyChanged(
        street_codes=[],
        vocabulary_id=edit.vocabulary_id,
        number=edit.number,
        concept=edit.concept,
        word=edit.word,
        action=edit.action,
    )
    outbox.record(session, fact)
    return queries.get_vocabulary(session, actor=actor, job_id=job["job_id"])


def _account(actor: Actor) -> str:
    if actor.account_id is None:
        raise ForbiddenError(ResourcesCode.NOT_YOUR_ORGANISATION)
    return actor.account_id


def _hold(session: Session, district_code: str, now: datetime) -> Vocabulary:
    """The district's row, made by its first edit; whoever comes second waits."""
    values = {"id": ids.new_id("voc"), "district_code": district_code, "number": 0, "version": 1, "created_at": now}
    session.execute(insert(Vocabulary).values(**values).on_conflict_do_nothing())
    statement = select(Vocabulary).where(Vocabulary.district_code == district_code).with_for_update()
    return session.scalars(statement.execution_options(populate_existing=True)).one()


def _status(session: Session, row: Vocabulary, concept: str, word: str, *, present: bool) -> str:
    if present:
        return domain.ACTIVE
    known = select(VocabularyEdit.id).where(
        VocabularyEdit.district_code == row.district_code,
        VocabularyEdit.concept == concept,
        VocabularyEdit.word == word,
    )
    return domain.RETIRED if session.scalar(known.limit(1)) is not None else domain.ABSENT
