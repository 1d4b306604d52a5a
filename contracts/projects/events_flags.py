"""Events of flags: ids and facts only."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="flag_id", handled_by=("notify",))
class FlagRaised(Event, frozen=True):
    """A published rule found something about a project or an order, or again after it was settled."""

    flag_id: str
    project_id: str | None
    order_id: str | None
    organisation_id: str | None
    rule: str
    severity: str
    again: bool


@event(owner="projects", subject="flag_id", handled_by=("notify",))
class FlagExplained(Event, frozen=True):
    """The organisation explained a flag."""

    flag_id: str
    project_id: str | None
    order_id: str | None
    rule: str


@event(owner="projects", subject="flag_id")
class FlagAccepted(Event, frozen=True):
    """Staff found that there is nothing wrong."""

    flag_id: str
    project_id: str | None
    order_id: str | None
    rule: str


@event(owner="projects", subject="flag_id", handled_by=("notify",))
class FlagUpheld(Event, frozen=True):
    """Staff upheld a flag: the organisation has something to put right."""

    flag_id: str
    project_id: str | None
    order_id: str | None
    organisation_id: str | None
    rule: str


@event(owner="projects", subject="flag_id")
class FlagClosed(Event, frozen=True):
    """A flag is settled."""

    flag_id: str
    project_id: str | None
    order_id: str | None
    rule: str


@event(owner="projects", subject="flag_id")
class FlagWithdrawn(Event, frozen=True):
    """What a flag was about is so no more."""

    flag_id: str
    project_id: str | None
    order_id: str | None
    rule: str


@event(owner="projects", subject="district")
class FlagRulesPublished(Event, frozen=True):
    """The district published a version of its flag rules; ``changed`` names the rules that differ."""

    district: str
    number: int
    changed: list[str]
