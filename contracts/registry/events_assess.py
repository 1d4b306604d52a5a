"""Events of rulebooks, assessments and the key-cultivation list: ids and facts only; no score before publication."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="registry", subject="rulebook_id")
class RulebookDrafted(Event, frozen=True):
    """A version of a rubric or cultivation rule was drafted, or its draft changed."""

    rulebook_id: str
    kind: str
    code: str
    number: int


@event(owner="registry", subject="rulebook_id")
class RulebookPublished(Event, frozen=True):
    """A rulebook is in force; its content is fixed by ``content_hash`` (SHA-256)."""

    rulebook_id: str
    kind: str
    code: str
    number: int
    content_hash: str


@event(owner="registry", subject="rulebook_id")
class RulebookRetired(Event, frozen=True):
    """A rulebook is no longer used for anything new; ``successor_id``: the version that took its place."""

    rulebook_id: str
    successor_id: str | None
    reason: str


@event(owner="registry", subject="assessment_id")
class AssessmentPlanned(Event, frozen=True):
    """An organisation is to be assessed by a published rubric."""

    assessment_id: str
    organisation_id: str
    rulebook_id: str
    content_hash: str


@event(owner="registry", subject="assessment_id", handled_by=("notify",))
class AssessorAssigned(Event, frozen=True):
    """Somebody without a conflict joined the panel."""

    assessment_id: str
    assessment_sheet_id: str
    account_id: str


@event(owner="registry", subject="assessment_id")
class AssessorRecused(Event, frozen=True):
    """An assessor stood aside; ``declared`` by him or her, or ``found`` by those who organise."""

    assessment_id: str
    assessment_sheet_id: str
    account_id: str
    ground: str


@event(owner="registry", subject="assessment_id")
class AssessmentSheetSubmitted(Event, frozen=True):
    """An assessor handed a complete sheet in; what it says stays closed until the tally."""

    assessment_id: str
    assessment_sheet_id: str
    evidence: list[dict[str, Any]]


@event(owner="registry", subject="assessment_id")
class AssessmentSheetLocked(Event, frozen=True):
    """A sheet changes no more but by a visible correction of two people; ``scores_hash`` fixes it."""

    assessment_id: str
    assessment_sheet_id: str
    scores_hash: str


@event(owner="registry", subject="assessment_id")
class AssessmentAdvanced(Event, frozen=True):
    """A step that has no event of its own: ``action`` led to ``status``."""

    assessment_id: str
    organisation_id: str
    action: str
    status: str


@event(owner="registry", subject="assessment_id", handled_by=("notify",))
class AssessmentPublished(Event, frozen=True):
    """The result is public and may be appealed until ``appeal_until``; score in hundredths of a point."""

    assessment_id: str
    organisation_id: str
    score_hundredths: int
    grade: str | None
    appeal_until: str


@event(owner="registry", subject="assessment_id")
class AssessmentCorrectionProposed(Event, frozen=True):
    """Somebody asks to change a locked score; another must decide."""

    assessment_id: str
    correction_id: str
    assessment_sheet_id: str
    criterion: str


@event(owner="registry", subject="assessment_id")
class AssessmentCorrectionDecided(Event, frozen=True):
    """A second person ``approved`` or refused a correction; score and grade after it, once they may be known."""

    assessment_id: str
    correction_id: str
    approved: bool
    score_hundredths: int | None
    grade: str | None


@event(owner="registry", subject="assessment_id", handled_by=("notify",))
class AssessmentAppealed(Event, frozen=True):
    """The organisation, or its hub, appeals against the published result."""

    assessment_id: str
    organisation_id: str
    appeal_id: str


@event(owner="registry", subject="assessment_id")
class AssessmentAppealWeighed(Event, frozen=True):
    """The first of two people proposed an outcome (``proposed``), or the second did not agree (``reopened``)."""

    assessment_id: str
    appeal_id: str
    step: str


@event(owner="registry", subject="assessment_id", handled_by=("notify",))
class AssessmentAppealSettled(Event, frozen=True):
    """Two people settled an appeal: ``upheld`` or ``dismissed``."""

    assessment_id: str
    organisation_id: str
    appeal_id: str
    outcome: str


@event(owner="registry", subject="assessment_id", handled_by=("notify",))
class AssessmentConfirmed(Event, frozen=True):
    """The grade holds from ``graded_on`` to the end of ``valid_until``; ``grade`` null: none was reached."""

    assessment_id: str
    organisation_id: str
    score_hundredths: int
    grade: str | None
    graded_on: str
    valid_until: str


@event(owner="registry", subject="assessment_id", handled_by=("notify",))
class AssessmentEnded(Event, frozen=True):
    """A confirmed grade holds no longer: ``expired``, ``revoked`` or ``superseded``."""

    assessment_id: str
    organisation_id: str
    status: str


@event(owner="registry", subject="list_id")
class CultivationListDrafted(Event, frozen=True):
    """A key-cultivation list is being prepared under a published rule."""

    list_id: str
    rulebook_id: str
    content_hash: str


@event(owner="registry", subject="list_id")
class CultivationListComputed(Event, frozen=True):
    """The rule was applied to the facts of ``as_of``."""

    list_id: str
    as_of: str
    considered: int
    included: int


@event(owner="registry", subject="list_id")
class CultivationEntryDecided(Event, frozen=True):
    """Somebody added or removed an organisation by hand, with a reason that the entry keeps."""

    list_id: str
    organisation_id: str
    included: bool


@event(owner="registry", subject="list_id")
class CultivationListPublished(Event, frozen=True):
    """The list is frozen; ``content_hash`` (SHA-256) fixes its entries."""

    list_id: str
    number: int
    organisation_ids: list[str]
    content_hash: str
    previous_id: str | None


@event(owner="registry", subject="list_id")
class CultivationListClosed(Event, frozen=True):
    """A draft was abandoned, or a published list gave way to the next one (``archived``)."""

    list_id: str
    status: str
