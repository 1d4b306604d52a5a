"""Waiting until nothing moves any more; then replaying what was parked."""

from __future__ import annotations

import contextlib
import time
from datetime import timedelta

from amqp import AMQPError
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import config
from chassis.errors import ConflictError
from chassis.runtime import parking, settling
from chassis.runtime.parked import Operator
from chassis.tables import OutboxEvent, Parked
from tests.faults.load import Ledger
from tests.faults.pair.service import Effect, Healed
from tests.faults.servers import say
from tests.faults.trouble import letter
from tests.faults.verdict import FAILING, Verdict, judge
from tests.faults.world import World

OPERATOR = Operator(who="cli:faults")
LATE_SECONDS = 15.0
# what time alone may still cure
GROWING = (
    *("lost", "unsent", "poison_lost", "state_differs", "parked_and_applied"),
    *("job_lost", "job_stuck", "timer_lost", "turns_stopped"),
)


def settle(world: World, commands: Ledger, poison: Ledger, *, seconds: float = 90) -> Verdict:
    """The verdict at rest: books right, queues empty, and the same again a moment later; or as it is in the end."""
    limit = time.monotonic() + seconds
    late = time.monotonic() + LATE_SECONDS
    while True:
        found = judge(world, commands, poison)
        still = any(found.violations[name] for name in GROWING)
        if time.monotonic() > late:
            say(f"  not at rest: {dict(found.violations)}, ready: {_ready(world)}")
            late = time.monotonic() + LATE_SECONDS
        if time.monotonic() > limit:
            return found
        if not still and _quiet(world):
            return judge(world, commands, poison)
        time.sleep(0.5)


def _ready(world: World) -> dict[str, int] | str:
    try:
        return world.waiting()
    except (OSError, AMQPError) as error:
        return repr(error)


def _quiet(world: World) -> bool:
    """No ready message, no new effect and no new delivery for three quarters of a second."""
    before = _footprint(world)
    try:
        if world.waiting():
            return False
        time.sleep(0.75)
        return not world.waiting() and _footprint(world) == before
    except (OSError, AMQPError):
        return False


def _footprint(world: World) -> tuple[int, ...]:
    size = world.deliveries.stat().st_size if world.deliveries.exists() else 0
    effects = select(func.count(Effect.number)).where(Effect.kind != "turn")  # turns go on for ever
    counts = [world.look(role, lambda session: session.scalar(effects)) for role in FAILING]
    return (size, *(count or 0 for count in counts))


def replay_parked(world: World) -> int:
    """Heal what made handlers fail, and have the relay send back each event parked for it; returns how many.

    A copy of each goes back by hand besides: the relay may die between its publish and its mark, and send one twice.
    """
    total = 0
    for role, mood in FAILING.items():
        world.change(role, lambda session, mood=mood: session.execute(_heal(mood)))
        rows = world.look(role, lambda session, role=role: _parked(session, world.queues[role]))
        for row in rows:
            world.change(role, lambda session, row=row: _ask(session, row.id))
            _send_back(world, row)
        total += len(rows)
    return total


def wrongly_replayed(world: World) -> list[str]:
    """Replays that were not refused though they must be: of what is settled, and of what the inbox has forgotten."""
    found = []
    for role in FAILING:
        settled = world.look(
            role, lambda session: session.scalar(select(Parked.id).where(Parked.settled_at.is_not(None)))
        )
        if settled and not world.change(role, lambda session, settled=settled: _refused(session, settled)):
            found.append(f"settled {settled}")
        old = world.change(role, _age_one)
        if old and not world.change(role, lambda session, old=old: _refused(session, old)):
            found.append(f"expired {old}")
    return found


def _age_one(session: Session) -> str | None:
    """One poison row that waits, as if parked before what the inbox remembers; it stays so."""
    row = session.scalars(
        select(Parked).where(Parked.settled_at.is_(None), ~Parked.error.startswith("RuntimeError"))
    ).first()
    if row is None:
        return None
    row.parked_at -= timedelta(days=config.PARKED_DAYS.get() + 1)
    return row.id


def _refused(session: Session, parked_id: str) -> bool:
    try:
        settling.replay(session, OPERATOR, parked_id)
    except ConflictError:
        return True
    return False


def _ask(session: Session, parked_id: str) -> None:
    with contextlib.suppress(ConflictError):  # asked before, by a commit whose answer was lost
        settling.replay(session, OPERATOR, parked_id)


def replay_applied(world: World, count: int = 10) -> int:
    """Deliver events again whose effect there is already; returns how many."""
    sent = 0
    for owner, hearer in (("front", "back"), ("back", "front")):
        newest = select(OutboxEvent).order_by(OutboxEvent.position.desc()).limit(count)
        for row in world.look(owner, lambda session, newest=newest: list(session.scalars(newest))):
            body, properties = letter(row)
            world.publish(world.queues[hearer], body, **properties)
            sent += 1
    return sent


def sicken(world: World) -> None:
    """Handlers fail again for the moods that were healed."""
    for role in FAILING:
        world.change(role, lambda session: session.query(Healed).delete())


def _heal(mood: str) -> object:
    return insert(Healed).values(mood=mood).on_conflict_do_nothing()


def _parked(session: Session, queue: str) -> list[Parked]:
    events = Parked.queue == queue, Parked.settled_at.is_(None), Parked.error.startswith("RuntimeError")
    return list(session.scalars(select(Parked).where(*events)))


def _send_back(world: World, row: Parked) -> None:
    dropped = (parking.ERROR, parking.FINGERPRINT, parking.ATTEMPT)
    headers = {name: value for name, value in row.headers.items() if name not in dropped}
    world.publish(
        row.queue,
        row.body,
        content_type=row.content_type or "application/json",
        message_id=row.event_id or "",
        application_headers={**headers, parking.REPLAY: row.id},
    )
