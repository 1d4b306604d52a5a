"""Roadshows: transition tables, the draw by a recorded seed, the slots. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_review import ReviewCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "draw"): "slots_drawn",
    ("slots_drawn", "start"): "live",
    ("live", "tally"): "tallied",
    ("tallied", "tally"): "tallied",
    ("tallied", "seal"): "sealed",
    ("sealed", "publish"): "published",
}
PITCH_TRANSITIONS: dict[tuple[str, str], str] = {
    ("waiting", "start"): "pitching",
    ("pitching", "open_questions"): "questions",
    ("questions", "open_scoring"): "scoring",
    ("scoring", "lock"): "locked",
}
CLOCK_TRANSITIONS: dict[tuple[str, str], str] = {
    ("stopped", "run"): "running",
    ("running", "run"): "running",
    ("paused", "run"): "running",
    ("running", "pause"): "paused",
    ("paused", "resume"): "running",
    ("running", "stop"): "stopped",
    ("paused", "stop"): "stopped",
}
CLOCK_STEPS = {"start": "run", "open_questions": "run", "open_scoring": "stop"}


def next_status(status: str, action: str) -> str:
    """The roadshow's next state; conflict where the table has no such pair."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.ROADSHOW_STATE, status=status, action=action) from None


def next_pitch_status(status: str, action: str) -> str:
    """The pitch's next state; conflict where the table has no such pair."""
    try:
        return PITCH_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.PITCH_STATE, status=status, action=action) from None


def next_clock(status: str, action: str) -> str:
    """The state of a pitch's clock; conflict where the table has no such pair."""
    try:
        return CLOCK_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ReviewCode.PITCH_CLOCK_STATE, status=status, action=action) from None


@dataclass(frozen=True, kw_only=True)
class Timer:
    """A stage of a pitch, in whole seconds; ``allowed`` is nothing where no time is set."""

    elapsed: int
    allowed: int | None
    remaining: int | None
    overtime: int


def timer(
    *, phase_at: datetime, paused_at: datetime | None, paused_seconds: int, now: datetime, allowed: int | None
) -> Timer:
    """How a stage stands at ``now``; pauses do not count."""
    until = paused_at if paused_at is not None else now
    elapsed = max(0, int((until - phase_at).total_seconds()) - paused_seconds)
    if allowed is None:
        return Timer(elapsed=elapsed, allowed=None, remaining=None, overtime=0)
    return Timer(
        elapsed=elapsed, allowed=allowed, remaining=max(0, allowed - elapsed), overtime=max(0, elapsed - allowed)
    )


def commitment(secret: str) -> str:
    """What is published beforehand: SHA-256 of the secret's hexadecimal digits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def seed_of(secret: str, public: str) -> str:
    """The seed: SHA-256(secret ‖ "|" ‖ the public value), the value being empty where no source was named."""
    return hashlib.sha256(f"{secret}|{public}".encode()).hexdigest()


def draw(proposal_ids: Iterable[str], seed: str) -> list[str]:
    """The order: by SHA-256(seed ‖ proposal id). Anyone with the seed draws the same."""
    return sorted(proposal_ids, key=lambda item: hashlib.sha256(f"{seed}{item}".encode()).hexdigest())


@dataclass(frozen=True, kw_only=True)
class Slot:
    """A turn on stage."""

    starts_at: datetime
    questions_at: datetime
    ends_at: datetime


def slot(number: int, *, first: datetime, presentation: int, questions: int, pause: int) -> Slot:
    """The slot of the n-th pitch, counted from 1; minutes."""
    starts = first + timedelta(minutes=(number - 1) * (presentation + questions + pause))
    middle = starts + timedelta(minutes=presentation)
    return Slot(starts_at=starts, questions_at=middle, ends_at=middle + timedelta(minutes=questions))
