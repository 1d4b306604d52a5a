"""Roadshows: transition tables, the draw by a recorded seed, the slots. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode

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
