"""News of projects, orders and photos: what they are about is looked at again."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from services.projects.delivery.models import Project
from services.projects.flags import actions
from services.projects.orders.models import ServiceOrder


def on_project_news(session: Session, event: Any) -> None:
    """Something of the project was recorded."""
    _review(session, event.project_id, None)


def on_order_news(session: Session, event: Any) -> None:
    """An order was delivered, with evidence."""
    _review(session, None, event.order_id)


def on_photo_news(session: Session, event: Any) -> None:
    """A photo was read, or what was read is gone."""
    _review(session, event.project_id, event.order_id)


def _review(session: Session, project_id: str | None, order_id: str | None) -> None:
    project = session.get(Project, project_id) if project_id else None
    if project is not None:
        actions.review_project(session, project, now=clock.now(session, project.district_code))
    order = session.get(ServiceOrder, order_id) if order_id else None
    if order is not None:
        actions.review_order(session, order, now=clock.now(session, order.district_code))
