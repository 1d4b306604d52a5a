"""Events of changes of a project's plan and of its early end: ids, kinds, amounts; no texts."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="district")
class DeliveryPolicyChanged(Event, frozen=True, kw_only=True):
    """Which changes are decided by whom, and how long the parties are heard, was set."""

    district: str
    changed: list[str]


@event(owner="projects", subject="project_id")
class ProjectChangeRequested(Event, frozen=True):
    """An organisation asks to change its plan; ``decider`` is ``street`` or ``bureau``."""

    project_id: str
    project_change_id: str
    kind: str
    decider: str


@event(owner="projects", subject="project_id")
class ProjectChangeTold(Event, frozen=True):
    """An organisation told of a change that needs no decision; it is in force."""

    project_id: str
    project_change_id: str
    kind: str
    plan_number: int


@event(owner="projects", subject="project_id", handled_by=("notify",))
class ProjectChangeDecided(Event, frozen=True):
    """A change was approved, and is in force, or refused."""

    project_id: str
    organisation_id: str
    project_change_id: str
    kind: str
    approved: bool
    plan_number: int


@event(owner="projects", subject="project_id")
class ProjectChangeWithdrawn(Event, frozen=True):
    """The organisation took its request back, or the project ended before it was decided."""

    project_id: str
    project_change_id: str
    kind: str


@event(owner="projects", subject="project_id", handled_by=("notify",))
class TerminationProposed(Event, frozen=True):
    """An early end was proposed: by agreement, for breach or for force majeure; the other side is heard."""

    project_id: str
    organisation_id: str
    termination_id: str
    cause: str
    proposed_by: str
    hear_until_on: str


@event(owner="projects", subject="project_id")
class TerminationAnswered(Event, frozen=True):
    """The other side answered."""

    project_id: str
    organisation_id: str
    termination_id: str
    agrees: bool


@event(owner="projects", subject="project_id")
class TerminationDropped(Event, frozen=True):
    """The proposal was withdrawn or refused: the project goes on."""

    project_id: str
    organisation_id: str
    termination_id: str
    refused: bool


@event(owner="projects", subject="project_id", handled_by=("notify",))
class TerminationSettled(Event, frozen=True):
    """The project ended early by its settlement: what was paid, allowed, to be given back, and is free again."""

    project_id: str
    organisation_id: str
    termination_id: str
    cause: str
    paid_fen: int
    allowed_fen: int
    recover_fen: int
    released_fen: int
