"""Events of bulk work: counts and files by hash, never a row's content."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="job_id")
class OrganisationsImported(Event, frozen=True):
    """An import wrote organisations; each has its own ``organisation_registered``. ``mode`` as in contracts."""

    job_id: str
    mode: str
    file_sha256: str
    rows: int
    registered: int
    known: int
    refused: int
    account_id: str | None


@event(owner="registry", subject="job_id")
class OrganisationsExported(Event, frozen=True):
    """Somebody took a list of organisations out, personal fields masked."""

    job_id: str
    file_sha256: str
    rows: int
    account_id: str | None
