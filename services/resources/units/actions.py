"""Writes of units."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import ids, outbox
from chassis.actor import Actor
from contracts.resources.events_stock import UnitDefined
from services.resources.units import domain, queries
from services.resources.units.models import MeasureUnit


def define_unit(
    session: Session, *, actor: Actor, now: datetime, numerator: int, denominator: int, **asked: Any
) -> dict[str, Any]:
    """A unit of the district's own, for all its streets. One definition at a time: two could take the same word."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"measure_unit:{actor.district_code}"))))
    table = queries.get_table(session, actor.district_code)
    size = Fraction(numerator, denominator)
    unit = domain.Unit(asked["code"], asked["base"], size, asked["zh"], asked["en"], tuple(asked["aliases"]))
    domain.check_new(unit, table, {known.base for known in domain.STANDARD})
    row = MeasureUnit(
        id=ids.new_id("unt"),
        district_code=actor.district_code,
        numerator=size.numerator,
        denominator=size.denominator,
        created_at=now,
        **asked,
    )
    session.add(row)
    session.flush()
    outbox.record(session, UnitDefined(unit_id=row.id, code=row.code, base=row.base, size=str(size)))
    return queries.get_unit(session, actor=actor, unit_id=row.id)
