"""Events of hub programmes and training: each contact is one, for the trail."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="registry", subject="programme_id")
class ProgrammeDrafted(Event, frozen=True):
    """A hub plans its incubation programme of a street; budget in fen."""

    programme_id: str
    hub_id: str
    starts_on: str
    ends_on: str
    budget_fen: int
    award_id: str | None


@event(owner="registry", subject="programme_id")
class ProgrammeAdvanced(Event, frozen=True):
    """A programme was started, closed or cancelled."""

    programme_id: str
    hub_id: str
    action: str
    status: str


@event(owner="registry", subject="programme_id")
class ProgrammeVisitLinked(Event, frozen=True):
    """A supervision visit counts towards the programme."""

    programme_id: str
    visit_id: str


@event(owner="registry", subject="training_id")
class TrainingPlanned(Event, frozen=True):
    """A training session has a time, or another one than before."""

    training_id: str
    hub_id: str | None
    programme_id: str | None
    starts_at: str
    ends_at: str


@event(owner="registry", subject="training_id")
class TrainingPublished(Event, frozen=True):
    """One may enrol."""

    training_id: str
    hub_id: str | None


@event(owner="registry", subject="training_id")
class TrainingEnrolled(Event, frozen=True):
    """Somebody of the organisation enrolled; who it is stays home."""

    training_id: str
    attendance_id: str
    organisation_id: str | None


@event(owner="registry", subject="training_id")
class TrainingEnrolmentWithdrawn(Event, frozen=True):
    """An enrolment was taken back."""

    training_id: str
    attendance_id: str
    organisation_id: str | None


@event(owner="registry", subject="training_id")
class TrainingAttended(Event, frozen=True):
    """Somebody came: by ``code`` or from the ``offline`` list, perhaps late, perhaps without enrolment."""

    training_id: str
    attendance_id: str
    organisation_id: str | None
    hub_id: str | None
    method: str
    late: bool
    walk_in: bool
    checked_in_at: str


@event(owner="registry", subject="training_id")
class TrainingClosed(Event, frozen=True):
    """The session is over: how many came on time, late, without enrolment, or not at all; from which organisations."""

    training_id: str
    hub_id: str | None
    programme_id: str | None
    present: int
    late: int
    walk_ins: int
    absent: int
    organisation_ids: list[str]
    evidence: list[dict[str, Any]]


@event(owner="registry", subject="training_id")
class TrainingCancelled(Event, frozen=True):
    """The session does not take place."""

    training_id: str
    hub_id: str | None
