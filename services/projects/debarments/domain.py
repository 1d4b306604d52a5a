"""Debarments: the transition table, the days they hold, who may decide. Pure."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes_money import MoneyCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("proposed", "confirm"): "in_force",
    ("proposed", "drop"): "dropped",
    ("in_force", "appeal"): "appealed",
    ("appealed", "uphold"): "upheld",
    ("appealed", "lift"): "lifted",
    ("in_force", "lift"): "lifted",
    ("upheld", "lift"): "lifted",
    ("in_force", "expire"): "expired",
    ("appealed", "expire"): "expired",
    ("upheld", "expire"): "expired",
}
BARRING = ("in_force", "appealed", "upheld")
LIVE = ("proposed", *BARRING)


def next_status(status: str, action: str) -> str:
    """Conflict where the table has no such pair; so there is one appeal."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(MoneyCode.DEBARMENT_STATE, status=status, action=action) from None


def last_day(from_on: date, years: int) -> date:
    """The day before the anniversary; of 29 February, before 1 March."""
    try:
        anniversary = from_on.replace(year=from_on.year + years)
    except ValueError:
        anniversary = date(from_on.year + years, 3, 1)
    return anniversary - timedelta(days=1)


def check_start(from_on: date, *, today: date) -> None:
    """Nobody is barred for the past, nor from a day that is more than a year ahead."""
    if not today <= from_on <= today + timedelta(days=366):
        raise InvalidError(MoneyCode.DEBARMENT_DATES, from_on=from_on.isoformat())


def check_another(account_id: str | None, before: Collection[str | None]) -> None:
    """Who decides has not decided about it before."""
    if account_id in before:
        raise ConflictError(MoneyCode.SAME_PERSON)


def bars(status: str, *, from_on: date, until_on: date, today: date) -> bool:
    """Whether it holds on a day."""
    return status in BARRING and from_on <= today <= until_on
