"""Paper ballots: who took one, and batches that two people key and a third settles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.projects.codes_votes import VoteCode
from services.projects.rounds.models import Round
from services.projects.votes import closing, domain_paper, queries, queries_paper, register, sheets
from services.projects.votes.models import PaperBatch, PaperEntry, Vote


def open_paper_batch(
    session: Session, *, actor: Actor, now: datetime, round_id: str, label: str, place_code: str, sheets: int
) -> dict[str, Any]:
    """A stack of paper ballots of one place."""
    row, _ = register.handled(session, round_id, actor, place_code)
    batch = PaperBatch(
        district_code=row.district_code,
        street_code=place_code[:9],
        round_id=row.id,
        label=label,
        place_code=place_code,
        sheets=sheets,
        status="opened",
        agreed=0,
        differences=[],
        settlements=[],
        created_at=now,
    )
    session.add(batch)
    session.flush()
    closing.tell_batch(session, batch, "open")
    return queries_paper.render(batch)


def key_paper_batch(
    session: Session,
    *,
    actor: Actor,
    batch_id: str,
    entries: list[dict[str, Any]] | None = None,
    sheet: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The first key; then, by somebody else, the second, and what agrees and what differs is known."""
    batch, vote = _take(session, actor, batch_id)
    key = domain_paper.next_key(batch.status)
    domain_paper.check_persons("key", actor.account_id, first=batch.first_keyer, second=None)
    rules = queries.rules_of(vote)
    if (entries is None) == (sheet is None):
        raise InvalidError(VoteCode.BATCH_ENTRIES)
    typed = entries if sheet is None else sheets.read(sheet, rules=rules, candidates=vote.proposal_ids)
    numbers = range(1, batch.sheets + 1)
    readings = domain_paper.check_entries(typed or [], rules=rules, candidates=vote.proposal_ids, numbers=numbers)
    _store(session, batch, key, readings)
    if key == domain_paper.FIRST:
        batch.first_keyer = actor.account_id
        batch.status = domain_paper.next_batch_status(batch.status, "key")
    else:
        batch.second_keyer = actor.account_id
        _compare(session, batch, "differ")
    session.flush()
    closing.tell_batch(session, batch, "key")
    return queries_paper.render(batch)


def _store(session: Session, batch: PaperBatch, key: int, readings: dict[int, dict[str, Any]]) -> None:
    rows = [{"batch_id": batch.id, "number": n, "key": key, "reading": reading} for n, reading in readings.items()]
    if rows:
        session.execute(insert(PaperEntry), rows)


def _compare(session: Session, batch: PaperBatch, otherwise: str) -> None:
    keys = queries_paper.keys_of(session, batch).values()
    batch.agreed = len([one for one in domain_paper.agreed(batch.sheets, *keys).values() if one != domain_paper.ABSENT])
    batch.differences = domain_paper.differences(batch.sheets, *keys)
    batch.status = domain_paper.next_batch_status(batch.status, otherwise if batch.differences else "agree")


def settle_paper_batch(
    session: Session, *, actor: Actor, now: datetime, batch_id: str, entries: list[dict[str, Any]], reason: str
) -> dict[str, Any]:
    """A third person reads sheets that differ. What agrees with one of the keys counts; what agrees with neither still
    differs, and may be read once more by anybody but the two."""
    batch, vote = _take(session, actor, batch_id)
    domain_paper.next_batch_status(batch.status, "settle")
    domain_paper.check_persons("settle", actor.account_id, first=batch.first_keyer, second=batch.second_keyer)
    readings = domain_paper.check_entries(
        entries,
        rules=queries.rules_of(vote),
        candidates=vote.proposal_ids,
        numbers=[difference["number"] for difference in batch.differences],
        settling=True,
    )
    for number, reading in readings.items():
        session.merge(PaperEntry(batch_id=batch.id, number=number, key=domain_paper.THIRD, reading=reading))
    session.flush()
    settlement = {
        "account_id": actor.account_id,
        "at": now.isoformat(timespec="seconds"),
        "reason": reason,
        "numbers": sorted(readings),
    }
    batch.settlements = [*batch.settlements, settlement]
    _compare(session, batch, "settle")
    session.flush()
    closing.tell_batch(session, batch, "settle")
    return queries_paper.render(batch)


def void_paper_batch(session: Session, *, actor: Actor, batch_id: str, reason: str) -> dict[str, Any]:
    """Nothing of it counts."""
    batch, _ = _take(session, actor, batch_id)
    batch.status = domain_paper.next_batch_status(batch.status, "void")
    batch.void_reason = reason
    session.flush()
    closing.tell_batch(session, batch, "void")
    return queries_paper.render(batch)


def _take(session: Session, actor: Actor, batch_id: str) -> tuple[PaperBatch, Vote]:
    """A batch for a step, while its vote runs or is being counted."""
    batch = queries_paper.find_batch(session, batch_id, actor)
    db.check_street(actor, batch.street_code)
    row = session.get_one(Round, batch.round_id)
    vote = register.share_handled(session, row)
    locked = select(PaperBatch).where(PaperBatch.id == batch.id).with_for_update()
    return session.scalars(locked.execution_options(populate_existing=True)).one(), vote
