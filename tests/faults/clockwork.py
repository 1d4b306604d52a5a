"""Jobs, timers and periodic tasks, from the databases alone: each had its effect once, or says that it failed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.runtime.jobrunner import MAX_ATTEMPTS
from chassis.tables import Job, Timer
from tests.faults.load import Ledger
from tests.faults.pair.service import JOBS, Effect
from tests.faults.world import ROLES, World

if TYPE_CHECKING:
    from tests.faults.verdict import Verdict

STOPPED_SECONDS = 10.0  # a turn is taken every half second


@dataclass
class Clockwork:
    """One database's rows."""

    jobs: list[Job]
    timers: list[Timer]
    effects: dict[str, Counter[tuple[str, int]]]  # kind → id and number of the step → how often
    since_turn: float  # seconds since the newest turn


def read(session: Session) -> Clockwork:
    effects: dict[str, Counter[tuple[str, int]]] = {kind: Counter() for kind in ("job", "timer", "turn")}
    rows = select(Effect.kind, Effect.key, Effect.value).where(Effect.kind.in_(effects))
    for kind, key, value in session.execute(rows):
        effects[kind][key, value] += 1
    newest = select(func.max(Effect.happened_at)).where(Effect.kind == "turn").scalar_subquery()
    since = session.scalar(select(func.extract("epoch", func.now() - newest)))
    jobs, timers = list(session.scalars(select(Job))), list(session.scalars(select(Timer)))
    return Clockwork(jobs, timers, effects, STOPPED_SECONDS if since is None else float(since))


def judge(found: Verdict, world: World, commands: Ledger) -> None:
    """Adds to ``found`` what is wrong with jobs, timers and turns; right only at rest."""
    books = {role: world.look(role, read) for role in ROLES}
    wanted: dict[str, set[str]] = {"job": set(), "timer": set()}
    for line in commands.read():
        if line.get("asked") and line.get("later"):
            wanted["job" if line["later"] in JOBS else "timer"].add(line["asked"])
    front = books["front"]
    for key in wanted["job"] - {job.payload["request_id"] for job in front.jobs}:
        found.wrong("job_lost", f"never queued, {key}")
    for key in wanted["timer"] - {timer.payload["asked_by"] for timer in front.timers}:
        found.wrong("timer_lost", f"never set, {key}")
    for role, book in books.items():
        _judge_jobs(found, book)
        _judge_timers(found, book)
        _judge_turns(found, role, book)


def _judge_jobs(found: Verdict, book: Clockwork) -> None:
    """Done: every step once. Failed: said so, after all attempts, and no step twice. Nothing else at rest."""
    found.jobs += len(book.jobs)
    steps = book.effects["job"]
    for job in book.jobs:
        times = [steps[job.id, number + 1] for number in range(job.total)]
        if max(times) > 1:
            found.wrong("job_doubled", job.id)
        if job.status == "failed":
            found.jobs_failed += 1
            if job.attempts < MAX_ATTEMPTS or not job.error or job.finished_at is None:
                found.wrong("job_failed_early", job.id)
        elif job.status != "done":
            found.wrong("job_stuck", f"{job.id} {job.status}, attempt {job.attempts}")
        elif min(times) == 0 or job.result != {"steps": job.total}:
            found.wrong("job_lost", job.id)
    _invented(found, book.effects["job"], {job.id for job in book.jobs})


def _judge_timers(found: Verdict, book: Clockwork) -> None:
    found.timers += len(book.timers)
    for timer in book.timers:
        times = book.effects["timer"][timer.id, 1]
        if times > 1:
            found.wrong("timer_doubled", timer.id)
        elif times == 0 or timer.fired_at is None:
            found.wrong("timer_lost", timer.id)
    _invented(found, book.effects["timer"], {timer.id for timer in book.timers})


def _judge_turns(found: Verdict, role: str, book: Clockwork) -> None:
    found.turns += len(book.effects["turn"])
    for (turn, _), times in book.effects["turn"].items():
        if times > 1:
            found.wrong("turn_doubled", f"{role} {turn}")
    if book.since_turn >= STOPPED_SECONDS:
        found.wrong("turns_stopped", f"{role}, for {book.since_turn:.0f} s")


def _invented(found: Verdict, effects: Counter[tuple[str, int]], known: set[str]) -> None:
    for key in {key for key, _ in effects} - known:
        found.wrong("invented", key)


def taken_over(world: World) -> list[float]:
    """Seconds from a process's death until another claimed the job it was at: a lease, and what a claim waits for."""
    died = {death.pid: death.at for death in world.deaths}
    claims: dict[tuple[str, int], tuple[int, float]] = {}
    for job, attempt, pid, at in world.claimed():
        claims[job, attempt] = (pid, at)
    found: list[float] = []
    for (job, attempt), (_, at) in claims.items():
        holder: Any = claims.get((job, attempt - 1))
        if holder is not None and holder[0] in died:
            found.append(max(0.0, at - died[holder[0]]))
    return found
