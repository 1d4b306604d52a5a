"""Events of planning a review and of the live queue. No score; who judges what is for the trail, without reasons."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="roadshow_id")
class SessionAdded(Event, frozen=True):
    """A roadshow got a session."""

    roadshow_id: str
    session_id: str
    starts_at: str
    ends_at: str


@event(owner="projects", subject="roadshow_id")
class SessionRemoved(Event, frozen=True):
    """A session that nobody used is gone."""

    roadshow_id: str
    session_id: str


@event(owner="projects", subject="round_id")
class AbsenceDeclared(Event, frozen=True):
    """Somebody or a room is away for a while; who is not told."""

    round_id: str
    absence_id: str


@event(owner="projects", subject="round_id")
class AbsenceWithdrawn(Event, frozen=True):
    """An absence no longer holds."""

    round_id: str
    absence_id: str


@event(owner="projects", subject="round_id")
class ReviewPlanProposed(Event, frozen=True):
    """A solver answered: ``proposed`` or ``infeasible``; ``kind`` is ``judges`` or ``schedule``."""

    round_id: str
    review_plan_id: str
    kind: str
    status: str
    optimal: bool


@event(owner="projects", subject="round_id")
class ReviewPlanConfirmed(Event, frozen=True):
    """Staff took a plan: pairs of proposal and judge's account that came and went."""

    round_id: str
    review_plan_id: str
    kind: str
    added: list[list[str]]
    removed: list[list[str]]


@event(owner="projects", subject="round_id")
class ReviewPlanDiscarded(Event, frozen=True):
    """Staff did not take a plan."""

    round_id: str
    review_plan_id: str
    kind: str


@event(owner="projects", subject="roadshow_id")
class PitchesMoved(Event, frozen=True):
    """Pitches changed their turn: ``[pitch id, session id or "", starts_at]``; ``reason`` is what staff said."""

    roadshow_id: str
    moves: list[list[str]]
    reason: str


@event(owner="projects", subject="roadshow_id")
class PitchClockChanged(Event, frozen=True):
    """A pitch's clock was paused or runs again."""

    roadshow_id: str
    pitch_id: str
    proposal_id: str
    clock: str
