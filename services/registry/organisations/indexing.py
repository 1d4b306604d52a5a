"""What organisations are found by, kept beside them; rows from before a change of ``naming`` are done in batches."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.registry.duplicates.models import DuplicateCheck
from services.registry.organisations import naming
from services.registry.organisations.domain import name_key
from services.registry.organisations.models import Organisation
from services.registry.personal import blind

BATCH = 500  # who changes one of them waits for the whole batch
_TABLE: Any = Organisation.__table__
_CHECK = insert(DuplicateCheck)
ASK = _CHECK.on_conflict_do_update(index_elements=["organisation_id"], set_={"asked_at": _CHECK.excluded.asked_at})


def index(row: Organisation) -> None:
    """The columns a search reads, from the name and the phone."""
    for name, value in columns_of(row.name, row.phone).items():
        if getattr(row, name) != value:
            setattr(row, name, value)


def columns_of(name: str, phone: str | None) -> dict[str, Any]:
    keys = naming.keys_of(name)
    return {
        "name_key": name_key(name),
        "bigrams": keys.bigrams,
        "sounds": keys.sounds,
        "pinyin": keys.pinyin,
        "initials": keys.initials,
        "phone_index": blind(phone, "phone") if phone else None,
        "search_version": naming.VERSION,
    }


def index_old_rows(session: Session, *, at_most: int = BATCH) -> int:
    """A batch of rows that were written before this version; returns how many. They show nothing new to anybody.

    After the migration that made these columns this fills them, without holding the table.
    """
    stale = select(_TABLE.c.id, _TABLE.c.name, _TABLE.c.phone).where(_TABLE.c.search_version < naming.VERSION)
    connection = session.connection()
    rows = connection.execute(stale.limit(at_most).with_for_update(skip_locked=True)).all()
    for row in rows:
        since = func.coalesce(_TABLE.c.assure_from, _TABLE.c.created_at)
        changes = {**columns_of(row.name, row.phone), "assure_from": since}
        connection.execute(update(_TABLE).where(_TABLE.c.id == row.id).values(**changes))
    return len(rows)


def is_complete(session: Session) -> bool:
    """Whether every organisation can be found; until then comparing them would miss some."""
    stale = select(_TABLE.c.id).where(_TABLE.c.search_version < naming.VERSION).limit(1)
    return session.connection().execute(stale).first() is None


def ask_for_duplicates(session: Session, rows: Iterable[Organisation], now: datetime) -> None:
    """The organisations are compared with the others soon. Asked again while one is compared, it is compared again."""
    asked = [
        {
            "organisation_id": row.id,
            "district_code": row.district_code,
            "street_code": row.street_code,
            "asked_at": now,
        }
        for row in rows
    ]
    if asked:
        session.connection().execute(ASK, asked)
