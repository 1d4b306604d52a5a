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


@event(owner="registry", subject="training_id", handled_by=("notify",))
class TrainingMoved(Event, frozen=True):
    """A session one may enrol in has another time, place or topic than those who enrolled know.

    ``account_ids``: who enrolled; ``organisation_ids``: whose people were enrolled by name and have no account.
    """

    training_id: str
    topic: str
    venue: str
    starts_at: str
    ends_at: str
    changed: list[str]
    account_ids: list[str]
    organisation_ids: list[str]


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
class TrainingRecognised(Event, frozen=True):
    """Staff say that whoever comes counts as trained: for how long (``None``: not any more), in which orders."""

    training_id: str
    months: int | None
    service_kinds: list[str]


@event(owner="registry", subject="training_id", handled_by=("projects",))
class TrainingQualified(Event, frozen=True):
    """Who came is trained: accounts, and organisations whose people came; in all kinds of orders where none is named.

    A session with many people tells it in several events.
    """

    training_id: str
    topic: str
    valid_from: str
    valid_until: str
    service_kinds: list[str]
    account_ids: list[str]
    organisation_ids: list[str]


@event(owner="registry", subject="training_id", handled_by=("notify",))
class TrainingCancelled(Event, frozen=True):
    """The session does not take place; whom it concerns as :class:`TrainingMoved` says."""

    training_id: str
    hub_id: str | None
    topic: str = ""
    starts_at: str = ""
    account_ids: list[str] = []
    organisation_ids: list[str] = []
