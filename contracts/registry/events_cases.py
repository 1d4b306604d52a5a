"""Events of incubation cases and their service teams."""

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


@event(owner="registry", subject="case_id", handled_by=("notify",))
class CaseAdvanced(Event, frozen=True):
    """A case took a step of its state machine; steps with more to say have an event of their own besides."""

    case_id: str
    organisation_id: str
    action: str
    was: str
    status: str


@event(owner="registry", subject="case_id", handled_by=("notify",))
class CaseSubmitted(Event, frozen=True):
    """An application was handed in; its review is due by the end of ``due_on``."""

    case_id: str
    organisation_id: str
    due_on: str


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


@event(owner="registry", subject="case_id", handled_by=("notify",))
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


@event(owner="registry", subject="case_id", handled_by=("notify",))
class CaseExtended(Event, frozen=True):
    """Incubation goes on, once, until ``ends_on``."""

    case_id: str
    organisation_id: str
    months: int
    ends_on: str


@event(owner="registry", subject="case_id", handled_by=("notify",))
class TeamMemberAssigned(Event, frozen=True):
    """A specialist or steward serves the case from now on."""

    case_id: str
    organisation_id: str
    role: str
    account_id: str


@event(owner="registry", subject="case_id", handled_by=("notify",))
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
