"""Key rotation: what an older key or the other cipher sealed is sealed anew, a batch of rows at a time.

The statement names the ciphertext it replaces, so that a value somebody changed meanwhile (which is sealed with the new
key anyway) is never overwritten. Row versions do not count it: the text is the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import Column, MetaData, Table, Text, literal, select, type_coerce, update
from sqlalchemy.orm import Session

from chassis import secretbox
from chassis.secretbox import Sealed

BATCH = 500


@dataclass(frozen=True)
class SealedColumn:
    """One encrypted column of one table."""

    table: Table
    column: Column[str]

    @property
    def purpose(self) -> str:
        return self._type.purpose

    @property
    def _type(self) -> Sealed:
        assert isinstance(self.column.type, Sealed)
        return self.column.type

    @property
    def keys(self) -> secretbox.Keys:
        return secretbox.keys(self._type.key_file)


def sealed_columns(metadata: Iterable[MetaData]) -> Iterator[SealedColumn]:
    """Every encrypted column there is, by table."""
    for one in metadata:
        for table in one.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, Sealed):
                    yield SealedColumn(table, column)


def count_old(session: Session, one: SealedColumn) -> int:
    """How many values are not sealed with the current key and cipher."""
    return len(_old(session, one, limit=None))


def reseal_batch(session: Session, one: SealedColumn) -> int:
    """Seals up to :data:`BATCH` old values anew; returns how many it looked at, 0 when none is left."""
    keys, stored = one.keys, type_coerce(one.column, Text)
    found = _old(session, one, limit=BATCH)
    for row in found:
        *identity, sealed = row
        text = secretbox.reveal(sealed, purpose=one.purpose, using=keys)
        fresh = secretbox.seal(text, purpose=one.purpose, using=keys)
        same = [column == value for column, value in zip(one.table.primary_key, identity, strict=True)]
        change = update(one.table).where(*same, stored == sealed)
        session.connection().execute(change.values({one.column: literal(fresh, Text)}))
    return len(found)


def _old(session: Session, one: SealedColumn, *, limit: int | None) -> list[tuple[str, ...]]:
    stored = type_coerce(one.column, Text)
    asked = select(*one.table.primary_key, stored).where(~stored.startswith(one.keys.mark, autoescape=True))
    rows = session.connection().execute(asked.limit(limit))
    return [tuple(row) for row in rows]
