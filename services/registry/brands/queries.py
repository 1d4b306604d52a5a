"""Reads of brand pages for those who keep them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from contracts.registry.brands import BrandDetail, BrandView
from contracts.registry.codes_assess import BrandCode
from services.registry import scope
from services.registry.brands import domain
from services.registry.brands.models import BrandHonour, BrandPage, BrandPhoto

_VIEW, _DETAIL = BrandView(), BrandDetail()


def render(session: Session, row: BrandPage) -> dict[str, Any]:
    """A page with honours and photos."""
    session.flush()
    honours = session.scalars(select(BrandHonour).filter_by(brand_id=row.id).order_by(BrandHonour.id))
    photos = session.scalars(select(BrandPhoto).filter_by(brand_id=row.id).order_by(BrandPhoto.id))
    shown: dict[str, Any] = _DETAIL.dump(
        {
            **_columns(row),
            "honours": [{**scope.columns(honour), "honour_id": honour.id} for honour in honours],
            "photos": [{**scope.columns(photo), "photo_id": photo.id} for photo in photos],
        }
    )
    return shown


def _columns(row: BrandPage) -> dict[str, Any]:
    return {**scope.columns(row), "brand_id": row.id, "visibility": {**domain.VISIBILITY, **row.visibility}}


def get_brand(session: Session, *, actor: Actor, brand_id: str) -> dict[str, Any]:
    """One page."""
    code, column = BrandCode.BRAND_NOT_FOUND, BrandPage.organisation_id
    return render(session, scope.find(session, BrandPage, brand_id, actor, code, column=column))


def list_brands(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **equal: Any
) -> dict[str, Any]:
    """Newest first."""
    statement = scope.visible(BrandPage, BrandPage.organisation_id, actor).filter_by(**equal)

    def line(row: BrandPage) -> dict[str, Any]:
        shown: dict[str, Any] = _VIEW.dump(_columns(row))
        return shown

    return db.page(session, statement, by=BrandPage.id, render=line, cursor=cursor, limit=limit)
