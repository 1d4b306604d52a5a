"""The solve, in the job process: read, solve outside any transaction, write."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import system_actor
from chassis.errors import ConflictError
from chassis.runtime.jobrunner import JobRun
from contracts.resources.codes import ResourcesCode
from services.resources.matching import actions, domain, instance, queries, solver
from services.resources.matching.models import MatchingRound
from services.resources.needs import queries as needs
from services.resources.offers import queries as offers
from services.resources.policy.queries import get_policy


def solve_matching_round(run: JobRun, *, matching_round_id: str) -> dict[str, Any]:
    """``{matching_round_id, status, matches, unmet, primal, dual}``. Runs twice without harm."""
    with run.transaction() as session:
        row = session.get_one(MatchingRound, matching_round_id)
        if row.status != domain.SOLVING:
            return _summary(row)
        made = read_instance(session, row)
    run.progress(1, 3)
    try:
        found = solver.solve(made.offers, made.needs, made.edges)
    except solver.NotOptimalError as error:
        raise ConflictError(ResourcesCode.MATCHING_ROUND_UNSOLVED, problem=str(error)) from error
    run.progress(2, 3)
    with run.transaction() as session:
        row = session.get_one(MatchingRound, matching_round_id, with_for_update=True)
        if row.status == domain.SOLVING:
            now = clock.now(session, row.district_code)
            actions.store_solution(session, row=row, now=now, made=made, found=found)
        result = _summary(row)
    run.progress(3, 3)
    return result


def read_instance(session: Session, row: MatchingRound) -> instance.Instance:
    """The open offers and needs of the round's street or district."""
    actor = system_actor(actions.JOB, row.district_code)
    need_rows = list(session.scalars(needs.matchable(actor, kind=row.kind, street_code=row.street_code)))
    offer_rows = list(session.scalars(offers.matchable(actor, kind=row.kind, street_code=row.street_code)))
    offer_facts = queries.offer_facts(session, offer_rows)
    return instance.build(
        _by_kind(zip(offer_rows, offer_facts, strict=True)),
        _by_kind((need, queries.need_facts(need)) for need in need_rows),
        queries.moment(clock.now(session, row.district_code)),
        weights=get_policy(session, row.district_code).weights,
        interested=queries.interested_pairs(
            session,
            (offer.provider_organisation_id for offer in offer_rows),
            (need.organisation_id for need in need_rows),
        ),
    )


def _by_kind(pairs: Iterable[tuple[Any, Any]]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for row, facts in pairs:
        found[row.kind].append(facts)
    return found


def _summary(row: MatchingRound) -> dict[str, Any]:
    certificate = row.certificate or {}
    return {
        "matching_round_id": row.id,
        "status": row.status,
        "matches": row.matches,
        "unmet": row.unmet,
        "primal": certificate.get("primal"),
        "dual": certificate.get("dual"),
    }
