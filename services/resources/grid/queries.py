"""Reading known grid cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from services.resources.grid.domain import Point
from services.resources.grid.models import KnownGridCell


def cells_of(
    session: Session,
    actor: Actor,
    *,
    street_code: str | None = None,
    community_code: str | None = None,
    after: str = "",
    limit: int | None = None,
) -> Sequence[KnownGridCell]:
    """Cells in use within the actor's streets, by code."""
    statement = db.scoped(select(KnownGridCell), KnownGridCell, actor).where(
        KnownGridCell.retired.is_(False), KnownGridCell.code > after
    )
    if street_code is not None:
        statement = statement.where(KnownGridCell.street_code == street_code)
    if community_code is not None:
        statement = statement.where(KnownGridCell.community_code == community_code)
    return session.scalars(statement.order_by(KnownGridCell.code).limit(limit)).all()


def points_of(session: Session, district_code: str, codes: Iterable[str]) -> dict[str, Point]:
    """Centres of the cells that have one."""
    wanted = set(codes)
    rows = session.execute(
        select(KnownGridCell.code, KnownGridCell.longitude_e6, KnownGridCell.latitude_e6).where(
            KnownGridCell.district_code == district_code, KnownGridCell.code.in_(wanted)
        )
    )
    return {code: (x, y) for code, x, y in rows if x is not None and y is not None}


def community_points(session: Session, district_code: str) -> dict[str, Point]:
    """The middle of each community: the mean of its cells in use that have a centre."""
    x, y = KnownGridCell.longitude_e6, KnownGridCell.latitude_e6
    statement = (
        select(KnownGridCell.community_code, func.avg(x), func.avg(y))
        .where(KnownGridCell.district_code == district_code, KnownGridCell.retired.is_(False))
        .where(x.is_not(None), y.is_not(None))
        .group_by(KnownGridCell.community_code)
    )
    return {code: (round(mean_x), round(mean_y)) for code, mean_x, mean_y in session.execute(statement)}
