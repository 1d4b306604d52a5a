"""What binds a result besides its rule: earmarked money goes where it may, and a street gets one operating hub."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import ConflictError
from contracts.projects.codes_rounds import RoundsCode
from services.projects.ledger import queries as ledger
from services.projects.ledger.domain import account
from services.projects.proposals.models import Proposal
from services.projects.rounds import earmarks
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round

Rows = list[dict[str, Any]]


def bound(of: Round) -> bool:
    """Whether any reserved line is for some fields or streets only, or the round entrusts streets."""
    earmarked = any(fund.fields or fund.streets for fund in rounds.funds_of(of))
    return earmarked or of.purpose == "street_operation"


def inputs_of(of: Round, running: Iterable[Proposal]) -> dict[str, Any]:
    """What anybody needs to see that the earmarks were kept; nothing in a round without any."""
    if not bound(of):
        return {}
    pool = [
        {
            "line_id": fund.line_id,
            "amount_fen": fund.amount_fen,
            "fields": sorted(fund.fields),
            "street_codes": sorted(fund.streets),
        }
        for fund in rounds.funds_of(of)
    ]
    about = {
        item.id: {"field": item.field, "street_code": _place(item), "operates_street": item.operates_street}
        for item in running
    }
    return {"pool": pool, "earmark_facts": about}


def _place(proposal: Proposal) -> str | None:
    """Where the money does its work."""
    return proposal.operates_street or proposal.street_code


def _claim(row: dict[str, Any], proposal: Proposal) -> earmarks.Claim:
    return earmarks.Claim(
        proposal_id=proposal.id,
        amount_fen=row["amount_fen"],
        field=proposal.field,
        street_code=_place(proposal),
    )


def _proposals(session: Session, rows: Sequence[dict[str, Any]]) -> dict[str, Proposal]:
    ids = [row["proposal_id"] for row in rows]
    return {item.id: item for item in session.scalars(select(Proposal).where(Proposal.id.in_(ids)))}


def _free(session: Session, of: Round) -> list[earmarks.Fund]:
    """The lines with what they still hold."""
    left = ledger.pool_lines(session, of.id)
    return [replace(fund, amount_fen=left.get(account("pool", fund.line_id), 0)) for fund in rounds.funds_of(of)]


def payable(session: Session, of: Round, rows: Rows) -> Rows:
    """Only the reserves that may still move up: those that the winners leave money and a street for."""
    proposals = _proposals(session, rows)
    rows = [row for row in rows if row["outcome"] != "reserve" or proposals[row["proposal_id"]].status == "reserve"]
    if not bound(of):
        return rows
    funds = _free(session, of)
    claims = {row["proposal_id"]: _claim(row, proposals[row["proposal_id"]]) for row in rows}
    won = [row["proposal_id"] for row in rows if row["outcome"] == "recommended"]
    waiting = [key for key in won if proposals[key].status == "notice"]
    streets = {proposals[key].operates_street for key in won} - {None}

    def may_win(key: str) -> bool:
        paid = earmarks.plan(funds, [*(claims[one] for one in waiting), claims[key]]).covered
        return paid and proposals[key].operates_street not in streets

    return [row for row in rows if row["outcome"] != "reserve" or may_win(row["proposal_id"])]


def draws(session: Session, of: Round, rows: Rows) -> dict[str, dict[str, int]]:
    """Who pays for whom: of each winner not yet awarded the lines and how much; empty where no earmark binds.

    The last guard before money is committed. Raises ``earmarks_unmet`` with the proposals and the shortfall.
    """
    if not bound(of):
        return {}
    winners = [row for row in rows if row["outcome"] == "recommended"]
    proposals = _proposals(session, winners)
    waiting = [row for row in winners if proposals[row["proposal_id"]].status == "notice"]
    found = earmarks.plan(_free(session, of), [_claim(row, proposals[row["proposal_id"]]) for row in waiting])
    if not found.covered:
        raise ConflictError(
            RoundsCode.EARMARKS_UNMET,
            proposal_ids=list(found.blocked),
            needed_fen=found.needed_fen,
            available_fen=found.available_fen,
        )
    made: dict[str, dict[str, int]] = {}
    for payment in found.payments:
        made.setdefault(payment.proposal_id, {})[payment.line_id] = payment.amount_fen
    return made
