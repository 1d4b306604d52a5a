"""Reading the texts of offers and needs with the newest words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from services.resources.needs.models import Need
from services.resources.offers.models import Offer
from services.resources.vocabulary import queries as vocabulary
from services.resources.vocabulary import topics
from services.resources.vocabulary.topics import Reader

READ: tuple[tuple[Any, Callable[[Reader, Mapping[str, Any]], dict[str, Any]]], ...] = (
    (Offer, topics.of_offer),
    (Need, topics.of_need),
)
_TEXTS = ("kind", "street_code", "tags", "skills", "substitutes", "title", "summary")


def read_waiting_texts(session: Session, district_code: str, *, at_most: int) -> int:
    """Topics of so many texts that older words have read; returns how many. May run twice, and beside itself.

    Topics follow from the text, so the row's version stays, and nobody is told.
    """
    using, done = vocabulary.current(session, district_code), 0
    for model, columns in READ:
        shown = [model.id, *(getattr(model, name) for name in _TEXTS if hasattr(model, name))]
        waiting = (
            select(*shown)
            .where(model.district_code == district_code, model.read_with != using.stamp)
            .order_by(model.id)
            .limit(at_most - done)
            .with_for_update(skip_locked=True)
        )
        made = [{"row_id": row.id, **columns(using, dict(row._mapping))} for row in session.execute(waiting)]
        if made:
            values: dict[str, Any] = {name: bindparam(f"new_{name}") for name in made[0] if name != "row_id"}
            values |= {"guessed_with": "", "guess_permille": None}  # a guess was about other words
            table = model.__table__
            statement = update(table).where(table.c.id == bindparam("row_id")).values(**values)
            session.connection().execute(statement, [_renamed(row) for row in made])
        done += len(made)
    return done


def _renamed(row: dict[str, Any]) -> dict[str, Any]:
    return {name if name == "row_id" else f"new_{name}": value for name, value in row.items()}


def districts(session: Session) -> list[str]:
    """Those with offers or needs."""
    statements = (select(model.district_code).distinct() for model, _ in READ)
    return sorted({code for statement in statements for code in session.scalars(statement)})
