"""Who may see a stored file: whoever may see a row that names it.

A service names files in JSON columns, as ``{"sha256": …}``, in a list of such, or as bare digests. :class:`Holders`
finds those columns by name, so a capability that adds one is covered. What is asked of a row is who it belongs to: its
street, and the organisations and accounts that it or a row it belongs to names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Index, MetaData, Table, or_, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor

NAMES = frozenset(
    {"agreement", "attachments", "consent_document", "document", "evidence", "file", "files", "photos", "receipts"}
)
MOST = 200  # rows that name one file; the same bytes are rarely used twice
DEPTH = 4  # steps from a row up to the organisation it belongs to

Cared = Callable[[Session, Actor], Iterable[str]]


@dataclass(frozen=True)
class Holders:
    """Where a service names files.

    ``overseers``: roles that see every row of their streets; ``cared``: organisations that an organisation-bound actor
    acts for; ``open_tables``: what everybody who signed in may see; ``closed_tables``: what a row's organisations may
    not.
    """

    metadata: MetaData
    overseers: frozenset[str]
    cared: Cared
    open_tables: frozenset[str] = frozenset()
    closed_tables: frozenset[str] = frozenset()

    def columns(self) -> Iterator[Column[Any]]:
        """Every column that names files."""
        for table in self.metadata.sorted_tables:
            for column in table.columns:
                if isinstance(column.type, JSONB) and column.name in NAMES:
                    yield column

    def count(self, session: Session, sha256: str) -> int:
        """How many rows name the file."""
        return sum(1 for _ in self._rows(session, sha256))

    def may_see(self, session: Session, actor: Actor, sha256: str) -> bool:
        """Whether one of the rows that name the file is for the actor's eyes."""
        if actor.account_id is None and not actor.is_system:
            return False
        acts_for = set(self.cared(session, actor)) if actor.organisation_id is not None else set()
        return any(self._shows(session, actor, acts_for, table, row) for table, row in self._rows(session, sha256))

    def _rows(self, session: Session, sha256: str) -> Iterator[tuple[Table, dict[str, Any]]]:
        for column in self.columns():
            statement = select(*_facts(column.table)).where(names(column, sha256)).limit(MOST)
            for row in session.connection().execute(statement).mappings():
                yield column.table, dict(row)

    def _shows(self, session: Session, actor: Actor, acts_for: set[str], table: Table, row: dict[str, Any]) -> bool:
        if row.get("district_code", actor.district_code) != actor.district_code:
            return False
        if actor.account_id in _ids(table, row, "acc"):
            return True
        street = row.get("street_code")
        if actor.street_codes and street is not None and street not in actor.street_codes:
            return False
        if table.name in self.open_tables or actor.role in self.overseers:
            return True
        return table.name not in self.closed_tables and bool(acts_for & _organisations(session, table, row, DEPTH))


def names(column: Column[Any], sha256: str) -> ColumnElement[bool]:
    """Rows whose column names the file: each form is a containment that a GIN index finds."""
    return or_(column.contains([{"sha256": sha256}]), column.contains({"sha256": sha256}), column.contains([sha256]))


def index_of(table: Any, name: str) -> Index:
    """The index that finds a column's files: ``ix_<table>_<column>_files``."""
    column = table.__table__.c[name]
    return Index(
        f"ix_{column.table.name}_{name}_files",
        column,
        postgresql_using="gin",
        postgresql_ops={name: "jsonb_path_ops"},
    )


def _facts(table: Table) -> list[Column[Any]]:
    """What says to whom a row belongs, and to which rows."""
    wanted = ("district_code", "street_code")
    found = [c for c in table.columns if c.name in wanted or c.primary_key or isinstance(c.type, db.TypeId)]
    return list(found)


def _ids(table: Table, row: dict[str, Any], prefix: str) -> set[str]:
    mine = [c.name for c in table.columns if isinstance(c.type, db.TypeId) and c.type.prefix == prefix]
    return {row[name] for name in mine if row.get(name) is not None}


def _organisations(session: Session, table: Table, row: dict[str, Any], depth: int) -> set[str]:
    """Those that the row names; where it names none, those of the rows it belongs to."""
    own = _ids(table, row, "org")
    if own or depth == 0:
        return own
    found: set[str] = set()
    for key in table.foreign_keys:
        value, parent = row.get(key.parent.name), key.column.table
        if value is None or parent is table or parent.name == "account":
            continue
        statement = select(*_facts(parent)).where(key.column == value)
        for above in session.connection().execute(statement).mappings():
            found |= _organisations(session, parent, dict(above), depth - 1)
    return found
