"""Events of deadlines, centres, the base's rooms, entrustments, planned hand-overs and policy documents."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="deadline_id", handled_by=("notify",))
class DeadlineMissed(Event, frozen=True):
    """A deadline passed and is still owed; ``level`` grows with each escalation, ``escalated_to`` is the role told."""

    deadline_id: str
    kind: str
    subject_id: str
    organisation_id: str | None
    due_on: str
    level: int
    escalated_to: str


@event(owner="registry", subject="deadline_id")
class DeadlineMoved(Event, frozen=True):
    """The holidays of a year were published, and a deadline that had been reckoned without them moved."""

    deadline_id: str
    kind: str
    subject_id: str
    was: str
    due_on: str
    confirmed: bool


@event(owner="registry", subject="case_id")
class TeamHandOverPlanned(Event, frozen=True):
    """A role of the service team will be handed over at ``effective_at``."""

    case_id: str
    hand_over_id: str
    role: str
    to_account_id: str
    effective_at: str


@event(owner="registry", subject="case_id")
class TeamHandOverUndone(Event, frozen=True):
    """A planned hand-over will not take place; whoever serves goes on serving."""

    case_id: str
    hand_over_id: str
    role: str


@event(owner="registry", subject="case_id")
class TeamHandOverFailed(Event, frozen=True):
    """A planned hand-over could not take effect for the reason ``code``; whoever serves goes on serving."""

    case_id: str
    hand_over_id: str
    role: str
    code: str


@event(owner="registry", subject="centre_id")
class CentreFounded(Event, frozen=True):
    """The centre park, or a street's incubation centre, was entered."""

    centre_id: str
    kind: str
    level: str
    founded_on: str


@event(owner="registry", subject="centre_id")
class CentreChanged(Event, frozen=True):
    """The named fields of a centre changed."""

    centre_id: str
    changed: list[str]


@event(owner="registry", subject="centre_id")
class CentreAdvanced(Event, frozen=True):
    """A centre was opened, suspended, resumed or closed."""

    centre_id: str
    action: str
    status: str


@event(owner="registry", subject="centre_id")
class CentrePilotNamed(Event, frozen=True):
    """The street of a centre is a pilot from ``pilot_since`` on."""

    centre_id: str
    pilot_since: str


@event(owner="registry", subject="centre_id")
class CentreOperatorContracted(Event, frozen=True):
    """An organisation operates the centre under a contract, from and until inclusive dates."""

    centre_id: str
    operator_id: str
    organisation_id: str
    from_on: str
    until_on: str


@event(owner="registry", subject="centre_id")
class CentreOperatorEnded(Event, frozen=True):
    """An operating contract ends on ``until_on``."""

    centre_id: str
    operator_id: str
    until_on: str


@event(owner="registry", subject="centre_id")
class CentrePostFilled(Event, frozen=True):
    """Somebody works at the centre from ``from_on`` on."""

    centre_id: str
    post_id: str
    account_id: str
    post: str
    from_on: str


@event(owner="registry", subject="centre_id")
class CentrePostEnded(Event, frozen=True):
    """Somebody works at the centre until ``until_on``."""

    centre_id: str
    post_id: str
    account_id: str
    until_on: str


@event(owner="registry", subject="space_id")
class SpaceAdded(Event, frozen=True):
    """A room or desk of a centre can be booked."""

    space_id: str
    centre_id: str
    kind: str
    capacity: int


@event(owner="registry", subject="space_id")
class SpaceChanged(Event, frozen=True):
    """The named fields of a room or desk changed."""

    space_id: str
    centre_id: str
    changed: list[str]


@event(owner="registry", subject="booking_id", handled_by=("notify",))
class BookingMade(Event, frozen=True):
    """A room or desk was booked, or asked for where it needs approval: ``approver_role`` says whose."""

    booking_id: str
    space_id: str
    centre_id: str
    organisation_id: str | None
    starts_at: str
    ends_at: str
    status: str
    space_name: str = ""
    account_id: str | None = None
    approver_role: str | None = None


@event(owner="registry", subject="booking_id", handled_by=("notify",))
class BookingAdvanced(Event, frozen=True):
    """A booking was approved, declined, cancelled, used, missed or lapsed."""

    booking_id: str
    space_id: str
    organisation_id: str | None
    action: str
    status: str
    space_name: str = ""
    account_id: str | None = None
    starts_at: str = ""
    ends_at: str = ""


@event(owner="registry", subject="entrustment_id")
class HubEntrusted(Event, frozen=True):
    """A hub is entrusted with a street by an award of a venture round, from and until inclusive dates."""

    entrustment_id: str
    hub_id: str
    street_code: str
    award_id: str
    round_id: str | None
    from_on: str
    until_on: str


@event(owner="registry", subject="entrustment_id")
class EntrustmentEnded(Event, frozen=True):
    """An entrustment ends on ``until_on``, earlier than agreed."""

    entrustment_id: str
    hub_id: str
    street_code: str
    until_on: str


@event(owner="registry", subject="document_id")
class PolicyDocumentPublished(Event, frozen=True):
    """A policy document has a version that is in force from ``valid_from`` on."""

    document_id: str
    number: int
    valid_from: str


@event(owner="registry", subject="document_id")
class PolicyDocumentWithdrawn(Event, frozen=True):
    """A policy document is in force until ``valid_until``."""

    document_id: str
    valid_until: str


@event(owner="registry", subject="plan_id")
class StageGoalReviewed(Event, frozen=True):
    """Somebody saw how a goal of the approved plan went: ``met``, ``partly`` or ``missed``."""

    plan_id: str
    case_id: str
    organisation_id: str
    number: int
    goal: int
    outcome: str


@event(owner="registry", subject="seed_group_id")
class SeedMemberChanged(Event, frozen=True):
    """A member is of another kind, or has another duty."""

    seed_group_id: str
    seed_member_id: str
    kind: str
    duty: str | None
