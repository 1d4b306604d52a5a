"""Reading the ledger: entries, balances, and what they must add up to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.projects.awards import LedgerEntryView, RoundMoneyView
from contracts.projects.money import TrialBalanceView
from services.projects.ledger import domain
from services.projects.ledger.models import LedgerAccount, LedgerEntry, Posting
from services.projects.rounds import queries as rounds


def totals(session: Session, *conditions: Any) -> dict[str, int]:
    """Sums of entries per kind."""
    statement = select(LedgerEntry.kind, func.sum(LedgerEntry.amount_fen)).where(*conditions).group_by(LedgerEntry.kind)
    return {kind: int(total) for kind, total in session.execute(statement).all()}


def money_of_round(session: Session, round_id: str) -> dict[str, int]:
    """``{pool_fen, committed_fen, disbursed_fen, returned_fen, remaining_fen, uncommitted_fen}``."""
    return domain.money(totals(session, LedgerEntry.round_id == round_id))


def balance(session: Session, district_code: str, name: str) -> int:
    """Of one account; zero where nothing was posted to it."""
    kept = select(LedgerAccount.balance_fen).where(
        LedgerAccount.district_code == district_code, LedgerAccount.account == name
    )
    return session.scalar(kept) or 0


def pool_lines(session: Session, round_id: str) -> dict[str, int]:
    """Free money of a round by the account of each pool line."""
    kept = select(LedgerAccount.account, LedgerAccount.balance_fen).where(
        LedgerAccount.round_id == round_id, LedgerAccount.kind == "pool"
    )
    return {name: int(amount) for name, amount in session.execute(kept).all()}


def drawn(session: Session, award_id: str) -> dict[str, int]:
    """What an award has of each pool line: drawn and not given back."""
    statement = (
        select(Posting.account, -func.sum(Posting.amount_fen))
        .where(Posting.award_id == award_id, Posting.account.startswith("pool:", autoescape=True))
        .group_by(Posting.account)
    )
    return {name: int(amount) for name, amount in session.execute(statement).all()}


def is_posted(session: Session, district_code: str, kind: str, reference: str) -> bool:
    """Whether the ledger has this entry already."""
    statement = select(LedgerEntry.id).where(
        LedgerEntry.district_code == district_code, LedgerEntry.kind == kind, LedgerEntry.reference == reference
    )
    return session.scalar(statement) is not None


def _lines(session: Session, round_id: str) -> list[domain.Line]:
    """In one statement, so that an entry that commits meanwhile is on both sides or on none."""
    posted = (
        select(Posting.account, func.sum(Posting.amount_fen).label("fen"))
        .where(Posting.round_id == round_id)
        .group_by(Posting.account)
        .subquery()
    )
    kept = (
        select(LedgerAccount.account, LedgerAccount.balance_fen.label("fen"))
        .where(LedgerAccount.round_id == round_id)
        .subquery()
    )
    name = func.coalesce(posted.c.account, kept.c.account).label("name")
    both = select(name, func.coalesce(kept.c.fen, 0), func.coalesce(posted.c.fen, 0)).select_from(
        posted.join(kept, posted.c.account == kept.c.account, full=True)
    )
    found = session.execute(both.order_by(name)).all()
    return [domain.Line(account=name, kept_fen=int(kept), posted_fen=int(told)) for name, kept, told in found]


def _lopsided(session: Session, round_id: str) -> list[str]:
    """Entries whose postings do not add up to zero, or to what the entry says. The database refuses them."""
    gained = func.sum(Posting.amount_fen).filter(Posting.amount_fen > 0)
    statement = (
        select(LedgerEntry.id)
        .outerjoin(Posting)
        .where(LedgerEntry.round_id == round_id)
        .group_by(LedgerEntry.id)
        .having((func.coalesce(func.sum(Posting.amount_fen), 1) != 0) | (gained != LedgerEntry.amount_fen))
        .limit(100)
    )
    return list(session.scalars(statement))


def trial_balance(session: Session, round_id: str) -> dict[str, Any]:
    """``{round_id, balanced, total_fen, wrong, accounts}`` of a round, whoever asks."""
    lines = _lines(session, round_id)
    found = domain.trial(lines, _lopsided(session, round_id))
    return {"round_id": round_id, **found, "accounts": lines}


def get_trial_balance(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    row = rounds.find_round(session, round_id, actor)
    view: dict[str, Any] = TrialBalanceView().dump(trial_balance(session, row.id))
    return view


def get_round_money(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    row = rounds.find_round(session, round_id, actor)
    view: dict[str, Any] = RoundMoneyView().dump({"round_id": row.id, **money_of_round(session, row.id)})
    return view


def list_ledger_entries(
    session: Session, *, actor: Actor, round_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    rounds.find_round(session, round_id, actor)
    statement = db.scoped(select(LedgerEntry), LedgerEntry, actor).where(LedgerEntry.round_id == round_id)
    return db.page(session, statement, by=LedgerEntry.id, render=LedgerEntryView().dump, cursor=cursor, limit=limit)
