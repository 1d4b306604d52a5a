"""Events of growth plans, supervision visits and consultations."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="registry", subject="plan_id")
class PlanDrafted(Event, frozen=True):
    """A growth plan was begun."""

    plan_id: str
    case_id: str
    organisation_id: str


@event(owner="registry", subject="plan_id")
class PlanRevised(Event, frozen=True):
    """A growth plan has a new version."""

    plan_id: str
    number: int


@event(owner="registry", subject="plan_id", handled_by=("notify",))
class PlanSubmitted(Event, frozen=True):
    """A growth plan asks for approval."""

    plan_id: str
    case_id: str
    organisation_id: str
    number: int


@event(owner="registry", subject="plan_id")
class PlanCommented(Event, frozen=True):
    """Somebody commented on a version."""

    plan_id: str
    comment_id: str
    number: int
    section: str | None = None


@event(owner="registry", subject="plan_id", handled_by=("notify",))
class PlanReviewed(Event, frozen=True):
    """A growth plan was ``approved`` or ``returned``."""

    plan_id: str
    case_id: str
    organisation_id: str
    number: int
    outcome: str


@event(owner="registry", subject="visit_id", handled_by=("notify",))
class VisitPlanned(Event, frozen=True):
    """A supervision visit (督导) has a date."""

    visit_id: str
    organisation_id: str
    case_id: str | None
    planned_on: str


@event(owner="registry", subject="visit_id", handled_by=("notify",))
class VisitHeld(Event, frozen=True):
    """A supervision visit took place."""

    visit_id: str
    organisation_id: str
    held_on: str
    findings: int
    evidence: list[dict[str, Any]]


@event(owner="registry", subject="visit_id", handled_by=("notify",))
class FindingRecorded(Event, frozen=True):
    """A visit found something to put right by ``due_on``."""

    visit_id: str
    finding_id: str
    organisation_id: str
    severity: str
    due_on: str


@event(owner="registry", subject="visit_id")
class FindingRectified(Event, frozen=True):
    """The organisation says a finding is put right."""

    visit_id: str
    finding_id: str
    organisation_id: str
    evidence: list[dict[str, Any]]


@event(owner="registry", subject="visit_id", handled_by=("notify",))
class FindingRechecked(Event, frozen=True):
    """A recheck passed or failed."""

    visit_id: str
    finding_id: str
    organisation_id: str
    passed: bool
    failed_rechecks: int


@event(owner="registry", subject="visit_id", handled_by=("notify",))
class FindingOverdue(Event, frozen=True):
    """The deadline of a finding passed and it is still open."""

    visit_id: str
    finding_id: str
    organisation_id: str


@event(owner="registry", subject="visit_id")
class VisitClosed(Event, frozen=True):
    """Every finding is settled and the visit is closed."""

    visit_id: str
    organisation_id: str


@event(owner="registry", subject="visit_id", handled_by=("notify",))
class VisitCancelled(Event, frozen=True):
    """A planned visit will not take place."""

    visit_id: str
    organisation_id: str


@event(owner="registry", subject="consultation_id", handled_by=("notify",))
class ConsultationAsked(Event, frozen=True):
    """A policy question was asked; an answer is due at ``due_at``."""

    consultation_id: str
    organisation_id: str | None
    topic: str
    due_at: str


@event(owner="registry", subject="consultation_id", handled_by=("notify",))
class ConsultationAnswered(Event, frozen=True):
    """A policy question was answered, citing its document; ``account_id`` asked."""

    consultation_id: str
    organisation_id: str | None
    account_id: str
    in_time: bool


@event(owner="registry", subject="consultation_id")
class ConsultationClosed(Event, frozen=True):
    """The asker is content."""

    consultation_id: str
    organisation_id: str | None


@event(owner="registry", subject="consultation_id", handled_by=("notify",))
class ConsultationReopened(Event, frozen=True):
    """The asker asks again."""

    consultation_id: str
    organisation_id: str | None
    due_at: str


@event(owner="registry", subject="consultation_id")
class ConsultationLate(Event, frozen=True):
    """The service clock ran out without an answer."""

    consultation_id: str
    organisation_id: str | None
