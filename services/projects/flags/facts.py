"""What the rules look at: a project or an order as plain values. Pure; gathered elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

Uses = frozenset[tuple[str, str]]  # (source, source id)


@dataclass(frozen=True)
class Milestone:
    """``reached``: submitted or accepted."""

    id: str
    number: int
    due_on: date | None
    reached: bool


@dataclass(frozen=True)
class Spending:
    """``rest_day``: a weekend or a public holiday."""

    id: str
    line: str
    amount_fen: int
    spent_on: date
    rest_day: bool = False


@dataclass(frozen=True)
class Invoice:
    """An invoice and the earlier spendings of the district that carry the same number."""

    spending_id: str
    number: str
    issued_on: date | None
    amount_fen: int | None
    earlier: tuple[EarlierInvoice, ...] = ()


@dataclass(frozen=True)
class EarlierInvoice:
    """The same number, recorded before."""

    spending_id: str
    subject: str
    issued_on: date | None
    amount_fen: int | None


@dataclass(frozen=True)
class Twin:
    """A photo that is the same file (``same``) or whose hashes differ in ``bits``; ``earlier``: it was used first."""

    photo_id: str
    subject: str
    same: bool
    bits: int
    earlier: bool
    uses: Uses


@dataclass(frozen=True)
class Photo:
    """A photo with what names it."""

    id: str
    sha256: str
    uses: Uses
    taken_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    twins: tuple[Twin, ...] = ()


@dataclass(frozen=True)
class Happening:
    """An activity, or the appointment of an order."""

    id: str
    subject: str
    starts_at: datetime
    ends_at: datetime
    latitude: float | None = None
    longitude: float | None = None


@dataclass(frozen=True)
class Case:
    """One project, or one order (no dates, no money: only what has happened and its photos).

    ``began_on``: when the agreement was signed; ``last_sign_on``: the last day on which anything was recorded.
    ``neighbours``: other activities of the organisation near in time, of any project.
    """

    subject: str
    kind: str
    today: date
    running: bool = False
    began_on: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    last_sign_on: date | None = None
    last_report_on: date | None = None
    award_fen: int = 0
    budget: dict[str, int] = field(default_factory=dict)
    milestones: tuple[Milestone, ...] = ()
    spendings: tuple[Spending, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    photos: tuple[Photo, ...] = ()
    happenings: tuple[Happening, ...] = ()
    neighbours: tuple[Happening, ...] = ()
