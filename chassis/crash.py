"""Named crash points: places at which the fault suite ends this very process. Off unless FOOTPRINT_CRASH names one.

A point stands where dying hurts most: between an effect and its commit, a commit and its acknowledgement, a publish
and its mark. A process that passes one in production compares a dictionary with nothing and goes on.
"""

from __future__ import annotations

import os
import signal

from chassis import config

POINTS: dict[str, str] = {
    "event.after_effect": "consumer: the handler has run, its transaction is not committed",
    "event.after_commit": "consumer: effect and inbox row are committed, the message is not acknowledged",
    "retry.after_publish": "consumer: a failed message is in a retry queue, the original is not acknowledged",
    "park.after_publish": "consumer: a failed message is in the park queue, the original is not acknowledged",
    "parking.after_commit": "consumer: a parked message is stored, and not acknowledged in the park queue",
    "relay.before_publish": "relay: a batch is read, nothing of it is published",
    "relay.after_publish": "relay: the batch is on the wire, no confirm has been read",
    "relay.after_confirm": "relay: the broker has confirmed the batch, it is not marked sent",
    "relay.mid_mark": "relay: the mark is written, its transaction is not committed",
    "command.before_commit": "command: effect, events and stored reply are written, not committed",
    "command.after_commit": "command: committed, no reply was sent",
    "call.after_reply": "command: the reply is given to the connection, the request is not acknowledged",
    "job.before_claim": "jobs: a claim is written, not committed",
    "job.after_claim": "jobs: a job is claimed and has its lease, nothing of it is begun",
    "job.before_commit": "jobs: a step of a job has its effect, its transaction is not committed",
    "job.after_commit": "jobs: a step of a job is committed, the rest is not begun",
    "job.before_mark": "jobs: a job's function has returned, the job is not marked done",
    "job.mid_mark": "jobs: the mark is written, its transaction is not committed",
    "timer.after_claim": "timers: a due timer is locked, its method has not run",
    "timer.after_effect": "timers: the method has run, effect and mark are not committed",
    "timer.after_commit": "timers: effect and mark are committed, the next is not looked for",
    "every.after_turn": "periodic: a turn is taken, not committed, and the task has not run",
    "every.after_effect": "periodic: the task has run, effect and turn are not committed",
    "every.after_commit": "periodic: effect and turn are committed, the next task is not looked at",
}
CRASH = config.setting(
    "FOOTPRINT_CRASH",
    "",
    "Fault suite only: `point` or `point:n`, the crash point at whose n-th passing this process dies.",
)
LEDGER = config.setting("FOOTPRINT_CRASH_LEDGER", "", "Fault suite only: file that gets a line for each such death.")


def _parse(text: str) -> dict[str, int]:
    """``"relay.mid_mark:3"`` to ``{"relay.mid_mark": 3}``; empty text to nothing."""
    name, _, passing = text.strip().partition(":")
    if not name:
        return {}
    if name not in POINTS or not (passing or "1").isdigit():
        raise SystemExit(f"FOOTPRINT_CRASH={text!r} names no crash point. Known: {', '.join(POINTS)}")
    return {name: max(1, int(passing or "1"))}


_armed: dict[str, int] = _parse(CRASH.get())


def arm(text: str) -> None:
    """Arm the point that ``text`` names, as FOOTPRINT_CRASH does at start; empty text disarms."""
    global _armed
    _armed = _parse(text)


def point(name: str) -> None:
    """Pass the point ``name``; does not return where that passing was armed."""
    if _armed:
        _pass(name)


def _pass(name: str) -> None:
    left = _armed.get(name)
    if left is None:
        return
    _armed[name] = left - 1
    if left == 1:
        _die(name)


def _die(name: str) -> None:
    """SIGKILL to ourselves: no handler, no clean-up, no buffer is written. The ledger's line is written first."""
    path = LEDGER.get()
    if path:
        handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(handle, f"{name} {os.getpid()}\n".encode())
        os.close(handle)
    os.kill(os.getpid(), signal.SIGKILL)
