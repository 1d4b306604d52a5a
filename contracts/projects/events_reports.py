"""Events of periodic reports: ids, days and counts only."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="projects", subject="district")
class ReportPolicyChanged(Event, frozen=True, kw_only=True):
    """When reports are due was set for the district or for one round."""

    district: str
    round_id: str | None
    changed: list[str]


@event(owner="projects", subject="project_id")
class ReportsPlanned(Event, frozen=True):
    """A project's reports were given their due days, counted from the anchor."""

    project_id: str
    organisation_id: str
    anchor_on: str
    due_on: list[str]


@event(owner="projects", subject="project_id", handled_by=("notify",))
class ReportReminded(Event, frozen=True):
    """A report is due soon."""

    project_id: str
    organisation_id: str
    report_slot_id: str
    number: int
    due_on: str


@event(owner="projects", subject="project_id", handled_by=("notify",))
class ReportOverdue(Event, frozen=True):
    """The due day of a report passed without it."""

    project_id: str
    organisation_id: str
    report_slot_id: str
    number: int
    due_on: str


@event(owner="projects", subject="project_id")
class PeriodicReportSubmitted(Event, frozen=True):
    """A periodic report was handed in; ``late`` says whether its due day had passed."""

    project_id: str
    report_slot_id: str
    number: int
    version_number: int
    late: bool
    evidence: list[dict[str, Any]]


@event(owner="projects", subject="project_id", handled_by=("notify",))
class PeriodicReportReturned(Event, frozen=True):
    """Staff sent a periodic report back for correction."""

    project_id: str
    organisation_id: str
    report_slot_id: str
    number: int


@event(owner="projects", subject="project_id")
class PeriodicReportAccepted(Event, frozen=True):
    """Staff accepted a periodic report."""

    project_id: str
    report_slot_id: str
    number: int


@event(owner="projects", subject="project_id")
class ReportExtended(Event, frozen=True):
    """A report may come later; the day that was due first stays visible."""

    project_id: str
    report_slot_id: str
    number: int
    from_on: str
    until_on: str


@event(owner="projects", subject="project_id")
class ReportsDropped(Event, frozen=True):
    """The project ended: reports that were still expected are not due any more."""

    project_id: str
    numbers: list[int]
