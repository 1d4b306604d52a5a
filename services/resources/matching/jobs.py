"""The solve, in the job process: read, compare, solve outside any transaction, write."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, files
from chassis.actor import system_actor
from chassis.errors import ConflictError
from chassis.runtime.jobrunner import JobRun
from contracts.resources.bundles import FOLDER
from contracts.resources.codes import ResourcesCode
from services.resources.matching import actions, declined, domain, queries, settings
from services.resources.matching.models import MatchingRound
from services.resources.matching.packing import giver
from services.resources.needs import queries as needs
from services.resources.needs.rendering import beneficiary_of
from services.resources.offers import queries as offers
from services.resources.policy.queries import get_policy

MEDIA_TYPE = "application/json"
READ, COMPARED, SOLVED, PROVED = 5, 40, 70, 75  # of actions.STEPS


class _CancelledError(Exception):
    """Nobody waits for the answer any more."""


@dataclass
class _Watch:
    """Tells how far the job is, at most once a second, and stops it where its round is no longer meant."""

    run: JobRun
    matching_round_id: str
    version: int | None
    done: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    _told: float = 0.0
    _began: float = field(default_factory=time.monotonic)

    def at(self, done: int) -> None:
        if self._tells(done):
            with self.run.executor.sessions() as session:
                row = session.get_one(MatchingRound, self.matching_round_id)
                if not self.is_meant(row):
                    raise _CancelledError

    def writing(self, done: int, total: int) -> None:
        """While the round is locked nobody can cancel it."""
        self._tells(PROVED + (actions.STEPS - PROVED) * done // max(total, 1))

    def _tells(self, done: int) -> bool:
        self.done = max(self.done, done)
        now = time.monotonic()
        if now - self._told < 1:
            return False
        self._told = now
        self.run.progress(self.done, actions.STEPS)
        return True

    def within(self, begin: int, end: int) -> Any:
        """A watch over a part: ``(done, total)``."""
        return lambda done, total: self.at(begin + (end - begin) * done // max(total, 1))

    def is_meant(self, row: MatchingRound) -> bool:
        """A round that was cancelled and begun anew is another job's."""
        return row.status == domain.SOLVING and self.version in (None, row.version)

    def lap(self, phase: str) -> None:
        """What the phase that ends here took."""
        now = time.monotonic()
        self.seconds[phase] = round(now - self._began, 2)
        self._began = now


def solve_matching_round(run: JobRun, *, matching_round_id: str, version: int | None = None) -> dict[str, Any]:
    """``{matching_round_id, status, matches, unmet, primal, dual, seconds}``; ``seconds`` by phase. Runs twice without
    harm, and ends without an answer where the round is cancelled."""
    watch = _Watch(run, matching_round_id, version)
    with run.transaction() as session:
        row = session.get_one(MatchingRound, matching_round_id)
        if not watch.is_meant(row):
            return _summary(row)
    try:
        return _solve(run, matching_round_id, watch)
    except _CancelledError:
        with run.transaction() as session:
            return _summary(session.get_one(MatchingRound, matching_round_id))


def _solve(run: JobRun, matching_round_id: str, watch: _Watch) -> dict[str, Any]:
    # Loaded here: only the job process solves, and numpy is large.
    from services.resources.matching import apart, bundle, instance, solver, storing
    from services.resources.matching.outcomes import Outcomes

    with run.transaction() as session:
        row = session.get_one(MatchingRound, matching_round_id)
        read, theta = read_facts(session, row), Fraction(row.fairness_percent, 100)
    watch.lap("reading")
    made = instance.build(**read, watch=watch.within(READ, COMPARED))
    watch.lap("comparing")
    longest, search = settings.ROUND_LIMIT.get(), settings.ROUND_SECONDS.get()
    try:
        found = apart.solve(made, theta=theta, seconds=search, most=longest, look=lambda: watch.at(COMPARED))
    except solver.NotOptimalError as error:
        raise ConflictError(ResourcesCode.MATCHING_ROUND_UNSOLVED, problem=str(error)) from error
    watch.lap("solving")
    watch.at(SOLVED)
    told = Outcomes(made, found)
    kept = _keep(run, bundle.write(told, theta)) | {"offers": sorted({giver(node) for node in made.offers})}
    watch.lap("certificate")
    watch.at(PROVED)
    before: dict[str, Any] | None = None
    with run.transaction() as session:
        row = session.get_one(MatchingRound, matching_round_id, with_for_update=True)
        if watch.is_meant(row):
            now = clock.now(session, row.district_code)
            storing.store_solution(session, row=row, now=now, told=told, watch=watch.writing)
            before, row.bundle = row.bundle, kept
        result = _summary(row)
    watch.lap("writing")
    _drop_unnamed(run, before)
    run.progress(actions.STEPS, actions.STEPS)
    return result | {"edges": len(made.edges), "seconds": watch.seconds}


def _keep(run: JobRun, content: bytes) -> dict[str, Any]:
    folder = f"{run.district_code}/{FOLDER}"
    return files.write(files.open_store(), content, district=folder, media_type=MEDIA_TYPE)


def _drop_unnamed(run: JobRun, before: dict[str, Any] | None) -> None:
    """The file of an earlier answer, unless a round names it still."""
    if before is None:
        return
    with run.transaction() as session:
        named = select(MatchingRound.id).where(MatchingRound.bundle["sha256"].astext == before["sha256"])
        wanted = session.scalar(named.limit(1)) is not None
    if not wanted:
        files.delete(files.open_store(), district=f"{run.district_code}/{FOLDER}", sha256=before["sha256"])


def read_facts(session: Session, row: MatchingRound) -> dict[str, Any]:
    """The open offers and needs of the round's street or district, as ``instance.build`` takes them."""
    actor = system_actor(actions.JOB, row.district_code)
    wanted = needs.matchable(actor, kind=row.kind, street_code=row.street_code)
    need_rows = [need for need in session.scalars(wanted) if queries.takes_more(need)]
    offer_rows = list(session.scalars(offers.matchable(actor, kind=row.kind, street_code=row.street_code)))
    offer_facts = queries.offer_facts(session, offer_rows)
    return {
        "offers": _by_kind(zip(offer_rows, offer_facts, strict=True)),
        "needs": _by_kind((need, queries.need_facts(need)) for need in need_rows),
        "at": queries.moment(clock.now(session, row.district_code)),
        "weights": dict(get_policy(session, row.district_code).weights),
        "interested": queries.interested_pairs(
            session,
            (offer.provider_organisation_id for offer in offer_rows),
            (beneficiary_of(need) for need in need_rows),
        ),
        "declined": declined.pairs(session, row.id),
    }


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
