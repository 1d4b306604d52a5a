"""Mutation controls: the chassis without one of its cures. The suite must notice each of them.

Only a process of the suite's own takes a cure out; nothing in the chassis can be switched off like this.
"""

from __future__ import annotations

import os
from typing import Any

MUTATIONS = (
    *("inbox_off", "ack_first", "stock_decode", "mandatory_off"),
    *("lease_endless", "job_marked_first", "fence_off", "timer_marked_first", "turn_marked_last"),
)


def apply(name: str) -> None:
    """Take the cure ``name`` out of this process; an empty name leaves everything as it is."""
    if name:
        globals()[f"_{name}"]()


def _inbox_off() -> None:
    """Every delivery counts as the first."""
    from chassis import inbox

    def accept(session: Any, *, handler: str, event_id: str) -> bool:
        return True

    inbox.accept = accept


def _ack_first() -> None:
    """Acknowledged on arrival, as a consumer with automatic acknowledgement does."""
    from chassis.runtime import nameko_entrypoints as seam
    from chassis.runtime.nameko_queues import BusConsumer

    handle, settle = seam.EventQueue.handle_message, BusConsumer.ack
    acked: set[int] = set()

    def handle_message(self: Any, message: Any) -> None:
        settle(self.queue_consumer, message)
        acked.add(id(message))
        handle(self, message)

    def ack(self: Any, message: Any) -> None:
        if id(message) in acked:
            acked.discard(id(message))
        else:
            settle(self, message)

    seam.EventQueue.handle_message = handle_message  # type: ignore[method-assign]
    BusConsumer.ack = ack  # type: ignore[method-assign]


def _stock_decode() -> None:
    """Stock Nameko: what cannot be decoded is logged and acknowledged (F2)."""
    from chassis.runtime import delivery

    judge = delivery.judge

    def lenient(error: Exception, letter: Any) -> Any:
        return delivery.DONE if isinstance(error, delivery.PoisonError) else judge(error, letter)

    delivery.judge = lenient


def _mandatory_off() -> None:
    """A message that no queue takes is confirmed by the broker and gone."""
    from chassis.runtime import relay

    def handled(name: str) -> bool:
        return False

    relay._handled = handled


def _lease_endless() -> None:
    """A job whose process died is nobody's for ever."""
    os.environ["JOB_LEASE_SECONDS"] = str(10**8)


def _job_marked_first() -> None:
    """A job is done as soon as it is claimed, and worked off afterwards."""
    from chassis.runtime import jobrunner

    claim = jobrunner._claim

    def claim_and_mark(executor: Any) -> Any:
        run = claim(executor)
        if run is not None:
            jobrunner._finish(executor, run, status="done")
        return run

    _fence_off()
    jobrunner._claim = claim_and_mark


def _fence_off() -> None:
    """Who lost a job to another process writes on."""
    from chassis.runtime import jobrunner
    from chassis.tables import Job

    def held(run: Any) -> tuple[Any, ...]:
        return (Job.id == run.job_id,)

    jobrunner._held = held


def _timer_marked_first() -> None:
    """A timer has fired as soon as it is claimed; its effect has a transaction of its own."""
    from sqlalchemy.orm import Session

    from chassis import clock
    from chassis.runtime import timers
    from chassis.tables import Timer

    claim = timers._claim

    def claim_and_mark(session: Any, names: list[str]) -> Any:
        with Session(session.get_bind()) as apart, apart.begin():
            timer = claim(apart, names)
            if timer is None:
                return None
            timer.fired_at = clock.system_now()
            key = timer.id
        return session.get(Timer, key)

    timers._claim = claim_and_mark


def _turn_marked_last() -> None:
    """A periodic task's turn is marked in a transaction of its own, after its effect is committed."""
    from chassis import clock, crash
    from chassis.runtime import timers
    from chassis.tables import Periodic

    def run_periodic(executor: Any, district_code: str) -> int:
        name = "note_turn"
        with executor.system_session(name, district_code) as session:
            row = session.get(Periodic, name)
            if row is not None and row.next_at <= clock.system_now():
                executor.service.cls().note_turn(session)
        crash.point("every.after_commit")
        timers._skip_turn(executor, name, 0.5)
        return 1

    timers.run_periodic = run_periodic


def chosen() -> str:
    """The mutation this process was told to carry; raises ``SystemExit`` for an unknown one."""
    name = os.environ.get("FAULTS_MUTATION", "")
    if name and name not in MUTATIONS:
        raise SystemExit(f"FAULTS_MUTATION={name!r}: one of {', '.join(MUTATIONS)}")
    return name
