"""Events of evaluations: ids, scores and grades, and no evaluator's points."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="district")
class EvaluationRubricSet(Event, frozen=True, kw_only=True):
    """A version of the rubric for mid-term or final evaluations."""

    district: str
    kind: str
    number: int
    rubric_hash: str


@event(owner="projects", subject="project_id")
class EvaluationConvened(Event, frozen=True):
    """Evaluators were named for a project; those with a conflict of interest are out."""

    project_id: str
    evaluation_run_id: str
    kind: str
    evaluators: int
    recused: int


@event(owner="projects", subject="project_id")
class EvaluatorRecused(Event, frozen=True):
    """An evaluator declared a conflict of interest."""

    project_id: str
    evaluation_run_id: str
    account_id: str


@event(owner="projects", subject="project_id")
class EvaluationSheetLocked(Event, frozen=True):
    """An evaluator's points are locked."""

    project_id: str
    evaluation_run_id: str
    account_id: str


@event(owner="projects", subject="project_id", handled_by=("notify",))
class EvaluationAnnounced(Event, frozen=True):
    """The organisation may comment or appeal until ``appeal_until_on``; then the result is final."""

    project_id: str
    organisation_id: str
    evaluation_run_id: str
    kind: str
    score: int
    grade: str
    appeal_until_on: str


@event(owner="projects", subject="project_id")
class EvaluationCommented(Event, frozen=True):
    """The organisation commented on the result."""

    project_id: str
    evaluation_run_id: str


@event(owner="projects", subject="project_id")
class EvaluationAppealed(Event, frozen=True):
    """The organisation appealed against the result."""

    project_id: str
    organisation_id: str
    evaluation_run_id: str


@event(owner="projects", subject="project_id")
class EvaluationAppealSettled(Event, frozen=True):
    """The appeal was upheld, and the sheets are open again, or it was rejected."""

    project_id: str
    organisation_id: str
    evaluation_run_id: str
    upheld: bool


@event(owner="projects", subject="project_id", handled_by=("notify",))
class EvaluationConcluded(Event, frozen=True):
    """An evaluation is final; ``measures``: what the policy lays down for this grade."""

    project_id: str
    organisation_id: str
    evaluation_run_id: str
    kind: str
    score: int
    grade: str
    measures: list[str]


@event(owner="projects", subject="project_id")
class EvaluationCancelled(Event, frozen=True):
    """An evaluation was called off."""

    project_id: str
    evaluation_run_id: str
