"""Rules of time: late milestones and reports, projects where nothing happens. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from services.projects.flags.domain import Finding, Named
from services.projects.flags.facts import Case

Numbers = Mapping[str, int]


def milestone_late(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """More than ``days`` days past its day and not submitted."""
    for milestone in case.milestones if case.running else ():
        if milestone.due_on is None or milestone.reached:
            continue
        late = (case.today - milestone.due_on).days
        if late > numbers["days"]:
            facts = {"number": milestone.number, "due_on": milestone.due_on.isoformat(), "late": late, **numbers}
            yield Finding(
                "milestone_late",
                milestone.id,
                facts,
                (milestone.due_on.isoformat(),),
                (Named("milestone", milestone.id),),
            )


def report_late(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """No report for ``every_days`` and ``grace_days`` days."""
    since = _latest(case.last_report_on, case.starts_on or case.began_on)
    if not case.running or since is None:
        return
    gone = (case.today - since).days
    if gone > numbers["every_days"] + numbers["grace_days"]:
        facts = {"since": since.isoformat(), "gone": gone, **numbers}
        yield Finding("report_late", "report", facts, (since.isoformat(),))


def idle(case: Case, numbers: Numbers) -> Iterator[Finding]:
    """No activity, spending, report, milestone or photo for ``days`` days."""
    since = _latest(case.last_sign_on, case.starts_on or case.began_on)
    if not case.running or since is None:
        return
    gone = (case.today - since).days
    if gone > numbers["days"]:
        yield Finding("idle", "idle", {"since": since.isoformat(), "gone": gone, **numbers}, (since.isoformat(),))


def _latest(one: date | None, other: date | None) -> date | None:
    known = [day for day in (one, other) if day is not None]
    return max(known) if known else None
