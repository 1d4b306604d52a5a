"""What a service keeps about a person, declared once: shown in a copy of one's data, and erased with the account.

Ids stay: they name a person to nobody once the account is empty, and events and the trail refer to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

ERASED = "［已删除个人信息 · personal data erased］"
MOST = 2_000  # rows of one part in a copy


@dataclass(frozen=True)
class Part:
    """Rows of ``model`` that one of the columns ``whose`` gives to an account.

    ``shows``: columns of a copy; ``erases``: what the person said or what tells of them: text becomes :data:`ERASED`,
    what may be null becomes null.
    """

    title: str
    model: Any
    whose: tuple[str, ...]
    shows: tuple[str, ...]
    erases: tuple[str, ...] = ()

    def rows(self, account_id: str) -> Any:
        mine = or_(*(getattr(self.model, name) == account_id for name in self.whose))
        return select(self.model).where(mine).order_by(*self.model.__table__.primary_key.columns)


def collect(session: Session, parts: Sequence[Part], account_id: str) -> dict[str, Any]:
    """``{title: [row, …]}``; ``truncated`` lists the titles of which there is more."""
    found: dict[str, Any] = {}
    truncated = []
    for part in parts:
        rows = list(session.scalars(part.rows(account_id).limit(MOST + 1)))
        if len(rows) > MOST:
            truncated.append(part.title)
        facts = [{name: getattr(row, name) for name in part.shows} for row in rows[:MOST]]
        found[part.title] = msgspec.to_builtins(facts)
    return {**found, "truncated": truncated} if truncated else found


def erase(session: Session, parts: Sequence[Part], account_id: str) -> int:
    """Returns how many rows were changed. May run twice."""
    changed = 0
    for part in parts:
        if not part.erases:
            continue
        for row in session.scalars(part.rows(account_id).with_for_update()):
            before = [getattr(row, name) for name in part.erases]
            for name in part.erases:
                _empty(row, part.model.__table__.c[name], name)
            changed += before != [getattr(row, name) for name in part.erases]
    session.flush()
    return changed


def _empty(row: Any, column: Any, name: str) -> None:
    value = getattr(row, name)
    if value is None or value == "":
        return
    setattr(row, name, None if column.nullable else ERASED)
