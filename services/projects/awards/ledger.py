"""Which accounts each step of a round's money moves: the business side of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode
from services.projects.awards.models import Award, Tranche
from services.projects.ledger import actions as books
from services.projects.ledger import domain, queries
from services.projects.ledger.domain import account, moves
from services.projects.rounds.models import PoolLine, Round


def pledge(session: Session, of: Round, line: PoolLine, *, now: datetime) -> None:
    """Resources reserved a funder's offer: the pool has it."""
    postings = moves(account("funder", line.id), account("pool", line.id), line.amount_fen)
    books.post(session, line, "pledged", postings, round_id=of.id, reference=line.id, now=now)


def refund(session: Session, of: Round, line: PoolLine, *, now: datetime) -> int:
    """What a line still holds goes back to its funder. Returns how much."""
    left = queries.balance(session, line.district_code, account("pool", line.id))
    if left:
        postings = moves(account("pool", line.id), account("funder", line.id), left)
        books.post(session, line, "refunded", postings, round_id=of.id, reference=line.id, now=now)
    return left


def commit(session: Session, award: Award, *, now: datetime, lines: Mapping[str, int] | None = None) -> None:
    """The award's amount, from the pool's ``lines`` by id where earmarks say so, else pro rata to what each holds."""
    free = queries.pool_lines(session, award.round_id)
    parts = {account("pool", line): part for line, part in (lines or {}).items()}
    if award.amount_fen > sum(free.values()) or any(part > free.get(name, 0) for name, part in parts.items()):
        raise ConflictError(ProjectsCode.POOL_EXCEEDED)
    drawn = {name: -part for name, part in (parts or domain.split(award.amount_fen, free)).items()}
    _post(session, award, "committed", {**drawn, account("commitment", award.id): award.amount_fen}, award.id, now)


def order(session: Session, award: Award, tranche: Tranche, *, now: datetime) -> None:
    """A tranche is released: its share of the commitment waits to be paid."""
    _tranche(session, award, tranche, "ordered", (account("commitment", award.id), account("tranche", tranche.id)), now)


def cancel(session: Session, award: Award, tranche: Tranche, *, now: datetime) -> None:
    """A tranche that was released is not paid after all."""
    pair = account("tranche", tranche.id), account("commitment", award.id)
    _tranche(session, award, tranche, "cancelled", pair, now)


def disburse(session: Session, award: Award, tranche: Tranche, *, now: datetime) -> None:
    """Paid: once, because the tranche's id is the reference."""
    pair = account("tranche", tranche.id), account("disbursement", award.id)
    _tranche(session, award, tranche, "disbursed", pair, now)


def _tranche(session: Session, award: Award, tranche: Tranche, kind: str, pair: tuple[str, str], now: datetime) -> None:
    if tranche.amount_fen:
        _post(session, award, kind, moves(*pair, tranche.amount_fen), tranche.id, now)


def release(session: Session, award: Award, amount_fen: int, *, reference: str, now: datetime) -> None:
    """Committed and never paid: free again, on the lines it came from."""
    if amount_fen:
        _give_back(session, award, "released", account("commitment", award.id), amount_fen, reference, now)


def bring_back(
    session: Session, award: Award, kind: str, source: str, amount_fen: int, *, reference: str, now: datetime
) -> None:
    """Money that came in (``returned``, ``recovered``) from ``source``, and at once to the lines it came from."""
    giver, through = account(source, award.id), account("return", award.id)
    entry = _post(session, award, kind, moves(giver, through, amount_fen), reference, now)
    _give_back(session, award, "restored", through, amount_fen, entry, now)


def claim(session: Session, award: Award, amount_fen: int, *, reference: str, now: datetime) -> None:
    """Money that was paid and must be given back."""
    pair = account("disbursement", award.id), account("recovery", award.id)
    _post(session, award, "claimed", moves(*pair, amount_fen), reference, now)


def forgive(session: Session, award: Award, amount_fen: int, *, reference: str, now: datetime) -> None:
    """A claim that was given up: the money stays where it was paid."""
    pair = account("recovery", award.id), account("disbursement", award.id)
    _post(session, award, "forgiven", moves(*pair, amount_fen), reference, now)


def _give_back(
    session: Session, award: Award, kind: str, giver: str, amount_fen: int, reference: str, now: datetime
) -> None:
    parts = domain.split(amount_fen, queries.drawn(session, award.id))
    _post(session, award, kind, {giver: -amount_fen, **parts}, reference, now)


def _post(session: Session, award: Award, kind: str, postings: domain.Postings, reference: str, now: datetime) -> str:
    entry = books.post(
        session,
        award,
        kind,
        postings,
        round_id=award.round_id,
        reference=reference,
        now=now,
        award_id=award.id,
    )
    return entry.id
