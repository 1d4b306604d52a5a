"""Events of sheets of offers and needs: counts and files by hash, never a row's content."""

from __future__ import annotations

from chassis.events import Event, event


class SheetTaken(Event, frozen=True, kw_only=True):
    """What every event of an import says. ``mode`` as in contracts."""

    job_id: str
    mode: str
    file_sha256: str
    rows: int
    drafted: int
    known: int
    refused: int
    account_id: str | None


class SheetMade(Event, frozen=True, kw_only=True):
    """What every event of an export says."""

    job_id: str
    file_sha256: str
    rows: int
    account_id: str | None


@event(owner="resources", subject="job_id")
class OffersImported(SheetTaken, frozen=True, kw_only=True):
    """An import drafted offers; each has its own ``offer_drafted``."""


@event(owner="resources", subject="job_id")
class NeedsImported(SheetTaken, frozen=True, kw_only=True):
    """An import drafted needs; each has its own ``need_drafted``."""


@event(owner="resources", subject="job_id")
class OffersExported(SheetMade, frozen=True, kw_only=True):
    """Somebody took a list of offers out."""


@event(owner="resources", subject="job_id")
class NeedsExported(SheetMade, frozen=True, kw_only=True):
    """Somebody took a list of needs out."""
