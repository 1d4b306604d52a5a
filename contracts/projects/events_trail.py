"""Events of the trail about itself; each becomes an entry like any other."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="log_id")
class TrailKeyRotated(Event, frozen=True):
    """From now on another key signs the log's heads; ids are SHA-256 of the raw public keys."""

    log_id: str
    key_id: str
    previous_key_ids: list[str]
    algorithm: str


@event(owner="projects", subject="log_id")
class TrailForkFound(Event, frozen=True):
    """A log that this one bears witness to signed two histories: the same size with two roots."""

    log_id: str
    log: str
    size: int
    roots: list[str]


@event(owner="projects", subject="log_id")
class TrailAuditFailed(Event, frozen=True):
    """The self-audit found what does not agree with the log; ``kinds`` counts findings by kind."""

    log_id: str
    audit_id: str
    size: int
    kinds: dict[str, int]
