"""Waiting until nothing moves any more; then replaying what was parked."""

from __future__ import annotations

import time

from kombu import Connection
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.runtime import parking
from chassis.tables import OutboxEvent, Parked
from tests.faults.load import Ledger
from tests.faults.pair.service import Effect, Healed
from tests.faults.trouble import letter
from tests.faults.verdict import FAILING, Verdict, judge
from tests.faults.world import World

GROWING = ("lost", "unsent", "poison_lost", "state_differs")  # what time alone may still cure


def settle(world: World, commands: Ledger, poison: Ledger, *, seconds: float = 90) -> Verdict:
    """The verdict at rest: books right, queues empty, and the same again a moment later; or as it is in the end."""
    limit = time.monotonic() + seconds
    while True:
        found = judge(world, commands, poison)
        still = any(found.violations[name] for name in GROWING)
        if time.monotonic() > limit:
            return found
        if not still and _quiet(world):
            return judge(world, commands, poison)
        time.sleep(0.5)


def _quiet(world: World) -> bool:
    """No ready message, no new effect and no new delivery for three quarters of a second."""
    before = _footprint(world)
    try:
        if world.waiting():
            return False
        time.sleep(0.75)
        return not world.waiting() and _footprint(world) == before
    except (OSError, *Connection.connection_errors):
        return False


def _footprint(world: World) -> tuple[int, ...]:
    size = world.deliveries.stat().st_size if world.deliveries.exists() else 0
    counts = [world.look(role, lambda session: session.scalar(select(func.count(Effect.number)))) for role in FAILING]
    return (size, *(count or 0 for count in counts))


def replay_parked(world: World) -> int:
    """Heal what made handlers fail, and send each event parked for it back twice; returns how many there were."""
    total = 0
    for role, mood in FAILING.items():
        world.change(role, lambda session, mood=mood: session.execute(_heal(mood)))
        letters = world.look(role, lambda session, role=role: _parked(session, world.queues[role]))
        for _ in range(2):
            for row in letters:
                _send_back(world, row)
        ids = [row.id for row in letters]
        world.change(role, lambda session, ids=ids: _mark(session, ids))
        total += len(letters)
    return total


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


def _mark(session: Session, ids: list[str]) -> None:
    for row in session.scalars(select(Parked).where(Parked.id.in_(ids))):
        row.settled_at, row.settled_as, row.settled_by = clock.system_now(), "replayed", "cli:faults"
