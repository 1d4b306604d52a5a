"""Reads of units."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.resources.codes_stock import StockCode
from services.resources.units import domain
from services.resources.units.models import MeasureUnit


def get_table(session: Session, district_code: str) -> domain.Table:
    """The standard units and those of the district."""
    rows = session.scalars(
        select(MeasureUnit).where(MeasureUnit.district_code == district_code).order_by(MeasureUnit.id)
    )
    return domain.Table(tuple(unit_of(row) for row in rows))


def unit_of(row: MeasureUnit) -> domain.Unit:
    """A row as the rules know it."""
    size = Fraction(row.numerator, row.denominator)
    return domain.Unit(row.code, row.base, size, row.zh, row.en, tuple(row.aliases), local=False)


def list_units(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """The district's own, newest first. The standard ones, a dozen, head the first page: but for those it redefined."""
    own = db.scoped(select(MeasureUnit), MeasureUnit, actor)
    page = db.page(session, own, by=MeasureUnit.id, render=render, cursor=cursor, limit=limit)
    if cursor is None:
        redefined = set(session.scalars(own.with_only_columns(MeasureUnit.code)))
        page["items"] = [*(_shown(unit) for unit in domain.STANDARD if unit.code not in redefined), *page["items"]]
    return page


def get_unit(session: Session, *, actor: Actor, unit_id: str) -> dict[str, Any]:
    """One that the district defined."""
    row = db.get_scoped(session, MeasureUnit, unit_id, actor)
    if row is None:
        raise NotFoundError(StockCode.UNIT_NOT_FOUND, unit_id=unit_id)
    return render(row)


def render(row: MeasureUnit) -> dict[str, Any]:
    """The view of a district's own."""
    return {**_shown(unit_of(row)), "unit_id": row.id}


def _shown(unit: domain.Unit) -> dict[str, Any]:
    return {
        "unit_id": None,
        "code": unit.code,
        "base": unit.base,
        "size": str(unit.size),
        "zh": unit.zh,
        "en": unit.en,
        "aliases": list(unit.aliases),
    }
