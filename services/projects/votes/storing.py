"""How ballots are written, so that nothing PostgreSQL keeps of a row tells whose it is.

A row remembers the transaction that wrote it (``xmin``) and its place in the table (``ctid``), and one transaction
writes that somebody voted and the ballot. So a ballot is not written alone: others already cast are written again with
it, in the order of their random ids; closing writes all of them once more, and a transaction after it all of who voted.
Old versions go with the next vacuum, which the tables are set up to get soon.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from chassis import ids
from services.projects.votes.models import Ballot, Participation

COMPANY = 9  # others that are written again with each ballot; a matter of storage, no rule of any district
BATCH = 1000


def put_ballot(session: Session, ballot: dict[str, Any]) -> None:
    """The new ballot, among others of the same vote that nobody else is writing again just now."""
    company = _company(session, ballot["round_id"])
    _write(session, [ballot, *company])


def _company(session: Session, round_id: str) -> list[dict[str, Any]]:
    """The next ones from a random place in the order of ids, taken out of the table."""
    start = ids.encode("blt", uuid.UUID(bytes=secrets.token_bytes(16), version=4))
    taken: list[str] = []
    for side in (Ballot.id >= start, Ballot.id < start):
        left = COMPANY - len(taken)
        if left:
            found = select(Ballot.id).where(Ballot.round_id == round_id, side).order_by(Ballot.id).limit(left)
            taken += session.scalars(found.with_for_update(skip_locked=True))
    return _take(session, Ballot.id.in_(taken)) if taken else []


def _take(session: Session, condition: Any) -> list[dict[str, Any]]:
    table = Ballot.__table__
    return [dict(row) for row in session.execute(delete(Ballot).where(condition).returning(*table.c)).mappings()]


def _write(session: Session, rows: list[dict[str, Any]]) -> None:
    """In the order of their ids, which are random: the place of a row tells nothing."""
    ordered = sorted(rows, key=lambda row: row["id"])
    for begin in range(0, len(ordered), BATCH):
        session.execute(insert(Ballot), ordered[begin : begin + BATCH])


def write_ballots_again(session: Session, round_id: str) -> list[str]:
    """Every ballot, sorted: nothing stored follows the order of voting. Returns the commitments."""
    ballots = _take(session, Ballot.round_id == round_id)
    _write(session, ballots)
    return [ballot["commitment"] for ballot in ballots]


def write_participation_again(session: Session, round_id: str) -> None:
    """Who voted, sorted; in a transaction of its own, which no ballot shares."""
    gone = delete(Participation).where(Participation.round_id == round_id).returning(*Participation.__table__.c)
    people = [dict(row) for row in session.execute(gone).mappings()]
    if people:
        session.execute(insert(Participation), sorted(people, key=lambda row: row["account_id"]))
