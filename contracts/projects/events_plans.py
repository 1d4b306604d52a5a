"""Events of needs surveys, plan templates and writing together, and of what rounds do on their clocks."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="round_id", handled_by=("notify",))
class RoundNoticeEnded(Event, frozen=True):
    """The days of public notice are over: without an open objection the round may be awarded."""

    round_id: str
    name: str
    ended_at: str


@event(owner="projects", subject="plan_template_id")
class PlanTemplateCreated(Event, frozen=True):
    """A version of a plan template; earlier versions of the key are replaced."""

    plan_template_id: str
    key: str
    number: int
    rules_hash: str


@event(owner="projects", subject="plan_template_id")
class PlanTemplateRetired(Event, frozen=True):
    """No round chooses it any more."""

    plan_template_id: str
    key: str
    number: int


@event(owner="projects", subject="survey_id")
class SurveyDrafted(Event, frozen=True):
    """A needs survey was drafted for a round, or changed."""

    survey_id: str
    round_id: str


@event(owner="projects", subject="survey_id", handled_by=("notify",))
class SurveyOpened(Event, frozen=True):
    """A needs survey asks for answers until ``closes_at``."""

    survey_id: str
    round_id: str
    title: str
    closes_at: str


@event(owner="projects", subject="survey_id")
class SurveyClosed(Event, frozen=True):
    """A needs survey is over; ``result_hash`` commits to its counts."""

    survey_id: str
    round_id: str
    answers: int
    result_hash: str


@event(owner="projects", subject="survey_id")
class SurveyDropped(Event, frozen=True):
    """A needs survey ended with its cancelled round."""

    survey_id: str
    round_id: str


@event(owner="projects", subject="proposal_id")
class EligibilityChecked(Event, frozen=True):
    """The round's rules were applied with facts as of the deadline; ``failed`` names the rules that are not met."""

    proposal_id: str
    round_id: str
    eligibility_check_id: str
    as_of: str
    passed: bool
    failed: list[str]


@event(owner="projects", subject="proposal_id")
class DoubleFundingJudged(Event, frozen=True):
    """Staff judged a suspected double funding: ``distinct`` or ``overlapping``."""

    proposal_id: str
    round_id: str
    other_proposal_id: str
    verdict: str


@event(owner="projects", subject="proposal_id", handled_by=("notify",))
class CoauthorInvited(Event, frozen=True):
    """An account was invited to write."""

    proposal_id: str
    coauthor_id: str
    account_id: str
    title: str


@event(owner="projects", subject="proposal_id")
class CoauthorAdvanced(Event, frozen=True):
    """An invitation was accepted, declined or withdrawn."""

    proposal_id: str
    coauthor_id: str
    account_id: str
    status: str


@event(owner="projects", subject="proposal_id")
class FileAttached(Event, frozen=True):
    """A file was attached; its digest is the evidence."""

    proposal_id: str
    attachment_id: str
    kind: str
    sha256: str


@event(owner="projects", subject="proposal_id")
class AttachmentRemoved(Event, frozen=True):
    """A file is no longer part of the proposal."""

    proposal_id: str
    attachment_id: str
    sha256: str


@event(owner="projects", subject="proposal_id")
class CommentAdvanced(Event, frozen=True):
    """A comment was resolved, or opened again."""

    proposal_id: str
    comment_id: str
    section: str
    status: str


@event(owner="projects", subject="award_id", handled_by=("registry",))
class StreetOperationAwarded(Event, frozen=True):
    """The agreement of an award that operates a street is signed: the registry entrusts the hub with the street."""

    award_id: str
    proposal_id: str
    round_id: str
    organisation_id: str
    title: str
    street_code: str
    from_on: str
    until_on: str
