"""The job's answer, written in one transaction. Loaded by the job process only."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from chassis import ids
from contracts.resources import events
from services.resources.allocations import proposing
from services.resources.allocations.models import Allocation
from services.resources.allocations.proposing import Proposal
from services.resources.matching import actions, domain, queries
from services.resources.matching.instance import Watch
from services.resources.matching.models import MatchingRound, NeedResult
from services.resources.matching.outcomes import Match, Outcomes
from services.resources.needs.models import Need
from services.resources.offers.models import Offer

AT_ONCE = 500


def store_solution(session: Session, *, row: MatchingRound, now: datetime, told: Outcomes, watch: Watch) -> None:
    """Proposals, an explanation per need, the certificate. An earlier answer is replaced."""
    made, found = told.made, told.found
    row.status = domain.next_status(row.status, "finish")
    actions.drop_proposals(session, row, domain.SOLVED_AGAIN)
    session.execute(delete(NeedResult).where(NeedResult.matching_round_id == row.id))
    names = sorted(made.needs)
    for at in range(0, len(names), AT_ONCE):
        watch(at, len(names))
        _store(session, row, now, told, names[at : at + AT_ONCE])
    row.offers = len(made.nodes)
    row.needs, row.unmet = len(names), sum(told.matched(need) < made.needs[need] for need in names)
    row.matches = sum(len(matches) for matches in told.matches.values())
    row.certificate = {
        "primal": found.primal,
        "dual": found.dual,
        "offers": found.offer_prices,
        "needs": found.need_prices,
        "subsidies": found.subsidies,
        "target_millionths": found.target_millionths,
        "gap_millionths": found.gap_millionths,
        "streets": streets(told),
    }
    row.solved_at = now
    numbers = {"primal": found.primal, "dual": found.dual, "matches": row.matches, "unmet": row.unmet}
    actions.tell(session, row, events.MatchingRoundSolved, **numbers)


def streets(told: Outcomes) -> list[dict[str, Any]]:
    """What every street wants and gets; of a fair round also what it was promised and by how much the lots miss it.

    A street that nothing fits was promised nothing.
    """
    wanted: Counter[str] = Counter()
    matched: Counter[str] = Counter()
    for need_id, street in told.made.streets.items():
        wanted[street] += told.made.needs[need_id]
        matched[street] += told.matched(need_id)
    return [
        {
            "street_code": street,
            "wanted": wanted[street],
            "matched": matched[street],
            "promised": (promised := told.found.promised.get(street, 0)),
            "short": max(promised - matched[street], 0),
        }
        for street in sorted(wanted)
    ]


def _store(session: Session, row: MatchingRound, now: datetime, told: Outcomes, names: Sequence[str]) -> None:
    """Some needs at once: rows go in by the hundred, not one by one."""
    got = [match for name in names for match in told.matches[name]]
    needs, offers = _rows(session, Need, names), _rows(session, Offer, {match.pair.offer_id for match in got})
    asked = [
        Proposal(
            offer=offers[match.pair.offer_id],
            need=needs[match.need_id],
            quantity=match.quantity,
            terms=domain.explain_terms(match.pair.terms),
            windows=[offers[match.pair.offer_id].windows[index] for index in match.windows],
        )
        for match in got
    ]
    made = proposing.propose_many(session, asked, now=now, matching_round_id=row.id)
    allocations = {(each.offer_id, each.need_id): each for each in made}
    session.execute(insert(NeedResult), [_result(row, now, told, needs[name], allocations) for name in names])
    session.flush()
    for each in (*made, *needs.values(), *offers.values()):
        session.expunge(each)


def _result(
    row: MatchingRound, now: datetime, told: Outcomes, need: Need, allocations: dict[tuple[str, str], Allocation]
) -> dict[str, Any]:
    counts = told.made.excluded[need.id].most_common()
    return {
        "id": ids.new_id("nrs"),
        "district_code": row.district_code,
        "street_code": need.street_code,
        "matching_round_id": row.id,
        "need_id": need.id,
        "wanted": told.made.needs[need.id],
        "matched": told.matched(need.id),
        "need_price": told.found.need_prices.get(need.id, 0),
        "outcome": told.outcome(need.id),
        "matches": [_match(told, match, allocations[match.pair.offer_id, need.id]) for match in told.matches[need.id]],
        "alternatives": told.alternatives(need.id),
        "exclusions": [{**queries.text_of(code), "count": count} for code, count in counts],
    }


def _match(told: Outcomes, match: Match, allocation: Allocation) -> dict[str, Any]:
    need_price = told.found.need_prices.get(match.need_id, 0)
    return {
        "allocation_id": allocation.id,
        "offer_id": allocation.offer_id,
        "quantity": match.quantity,
        "utility": match.pair.utility,
        "subsidy": match.subsidy,
        "offer_price": match.price,
        "slack": match.price + need_price - match.pair.utility - match.subsidy,
        "terms": allocation.terms,
    }


def _rows(session: Session, model: Any, keys: Iterable[str]) -> dict[str, Any]:
    """So many at a time, whatever there is."""
    wanted = sorted(keys)
    parts = (wanted[at : at + AT_ONCE] for at in range(0, len(wanted), AT_ONCE))
    return {one.id: one for part in parts for one in session.scalars(select(model).where(model.id.in_(part)))}
