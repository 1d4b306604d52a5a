"""How much is lacked, in the smallest unit, and how that was written down."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from chassis import clock
from chassis.errors import InvalidError
from contracts.resources.codes import ResourcesCode
from contracts.resources.common import MOST
from services.resources.offers.domain import measure
from services.resources.units.domain import Table

MEASURES = ("amount_fen", "hours", "quantity", "unit")


def counted(table: Table, asked: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a need; raises InvalidError naming what its kind still lacks."""
    entered, word = measure(asked)
    quantity, unit = table.count(entered, word, most=MOST)
    size = str(table.size(word)[0])
    return {"quantity": quantity, "unit": unit, "entered": {"quantity": entered, "unit": word, "size": size}}


def check_due(due_on: date, now: datetime) -> None:
    """What is needed is needed from now on."""
    if clock.end_of(due_on) <= now:
        raise InvalidError(ResourcesCode.NEED_DEADLINE_PASSED)
