"""Events of incubation: cases, service teams, plans, supervision visits and consultations."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="registry", subject="case_id")
class CaseDrafted(Event, frozen=True):
    """An application for incubation was begun."""

    case_id: str
    organisation_id: str
    mode: str


@event(owner="registry", subject="case_id")
class CaseDocumentAdded(Event, frozen=True):
    """A document was attached to a case."""

    case_id: str
    document_id: str
    kind: str
    evidence: list[dict[str, Any]]


@event(owner="registry", subject="case_id")
class CaseAdvanced(Event, frozen=True):
    """A case took a step of its state machine; steps with more to say have an event of their own besides."""

    case_id: str
    organisation_id: str
    action: str
    was: str
    status: str


@event(owner="registry", subject="case_id")
class CaseVoteCast(Event, frozen=True):
    """A reviewer voted on a case, or stood aside."""

    case_id: str
    account_id: str
    choice: str


@event(owner="registry", subject="case_id", handled_by=("notify",))
class CaseNoticePublished(Event, frozen=True):
    """The review passed; the public notice runs until ``notice_until``."""

    case_id: str
    organisation_id: str
    notice_until: str


@event(owner="registry", subject="case_id")
class CaseNoticeEnded(Event, frozen=True):
    """The public notice ran its time; ``open_objections`` still stand in the way."""

    case_id: str
    organisation_id: str
    open_objections: int


@event(owner="registry", subject="case_id")
class CaseReviewLate(Event, frozen=True):
    """The working days a review may take have passed without a decision."""

    case_id: str
    organisation_id: str
    due_on: str


@event(owner="registry", subject="case_id")
class CaseObjected(Event, frozen=True):
    """Somebody objected during the public notice."""

    case_id: str
    objection_id: str


@event(owner="registry", subject="case_id")
class CaseObjectionResolved(Event, frozen=True):
    """An objection was upheld or rejected."""

    case_id: str
    objection_id: str
    outcome: str


@event(owner="registry", subject="case_id")
class CaseCapacityAssessed(Event, frozen=True):
    """The organisation's capacity was assessed: scores of 0–100 per dimension."""

    case_id: str
    organisation_id: str
    kind: str
    scores: dict[str, int]


@event(owner="registry", subject="case_id", handled_by=("notify",))
class CaseAgreed(Event, frozen=True):
    """The incubation agreement was signed."""

    case_id: str
    organisation_id: str
    specialist_account_id: str
    steward_account_id: str
    ends_on: str


@event(owner="registry", subject="case_id")
class CaseExtended(Event, frozen=True):
    """Incubation goes on, once, until ``ends_on``."""

    case_id: str
    organisation_id: str
    months: int
    ends_on: str


@event(owner="registry", subject="case_id")
class TeamMemberAssigned(Event, frozen=True):
    """A specialist or steward serves the case from now on."""

    case_id: str
    organisation_id: str
    role: str
    account_id: str


@event(owner="registry", subject="case_id")
class TeamMemberReplaced(Event, frozen=True):
    """A hand-over: one serves until the instant from which the other does."""

    case_id: str
    organisation_id: str
    role: str
    from_account_id: str
    to_account_id: str


@event(owner="registry", subject="case_id")
class CaseResourceLinked(Event, frozen=True):
    """A back-office resource (the N of 1+1+N) serves the case."""

    case_id: str
    link_id: str
    kind: str
    offer_id: str | None
    account_id: str | None


@event(owner="registry", subject="case_id")
class CaseResourceReleased(Event, frozen=True):
    """A back-office resource serves the case no longer."""

    case_id: str
    link_id: str


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


@event(owner="registry", subject="plan_id")
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


@event(owner="registry", subject="plan_id", handled_by=("notify",))
class PlanReviewed(Event, frozen=True):
    """A growth plan was ``approved`` or ``returned``."""

    plan_id: str
    case_id: str
    organisation_id: str
    number: int
    outcome: str


@event(owner="registry", subject="visit_id")
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


@event(owner="registry", subject="visit_id")
class FindingRechecked(Event, frozen=True):
    """A recheck passed or failed."""

    visit_id: str
    finding_id: str
    organisation_id: str
    passed: bool
    failed_rechecks: int


@event(owner="registry", subject="visit_id")
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


@event(owner="registry", subject="visit_id")
class VisitCancelled(Event, frozen=True):
    """A planned visit will not take place."""

    visit_id: str
    organisation_id: str


@event(owner="registry", subject="consultation_id")
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


@event(owner="registry", subject="consultation_id")
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
