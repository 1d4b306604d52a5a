"""Moving what refers to a key that became another, and back exactly when it becomes itself again.

For each moved reference the key it had at first is remembered. Where it belongs follows from that key and the
redirects in force alone, never from the order in which they became known: so redirects in a row, undone in any order
and heard in any order, end in the same place. A row that somebody has given to a third since is left alone. A row that
the target has too (a rule of uniqueness says so) stays. Which columns refer to such keys is read from the tables.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Index,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    and_,
    delete,
    exists,
    insert,
    select,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import chains, db, ids

Key = dict[str, Any]
Moved = dict[str, list[Key]]


class Move:
    """One reference that does not say what it said at first (``source``) but ``became``."""

    id: Mapped[str] = db.key("rmv")
    district_code: Mapped[str] = mapped_column(String(6), index=True)
    table_name: Mapped[str] = mapped_column(String(63))
    column_name: Mapped[str] = mapped_column(String(63))
    row_key: Mapped[dict[str, Any]]
    source: Mapped[str] = mapped_column(String(60), index=True)
    became: Mapped[str] = mapped_column(String(60))


@dataclass(frozen=True)
class Column:
    """A column that holds one key, or (``many``) a JSON list of them."""

    table: Table
    name: str
    many: bool = False

    @property
    def keys(self) -> list[str]:
        """What names a row whatever this column says."""
        return [column.name for column in self.table.primary_key.columns if column.name != self.name]

    def holds(self, value: str) -> ColumnElement[bool]:
        column = self.table.c[self.name]
        return column.contains([value]) if self.many else column == value


@dataclass(frozen=True)
class Plan:
    """What is moved: every ``prefix`` id in ``metadata`` but in tables of ``staying``, and the listed JSON columns."""

    metadata: MetaData
    prefix: str
    move: Any
    staying: frozenset[str]
    lists: frozenset[tuple[str, str]] = field(default_factory=frozenset)

    def columns(self) -> Iterator[Column]:
        """In the tables' order of dependence."""
        for table in self.metadata.sorted_tables:
            for column in table.columns if table.name not in self.staying else ():
                if isinstance(column.type, db.TypeId) and column.type.prefix == self.prefix:
                    yield Column(table, column.name)
                elif isinstance(column.type, JSONB) and (table.name, column.name) in self.lists:
                    yield Column(table, column.name, many=True)


def settle(session: Session, plan: Plan, *, district_code: str, successors: Mapping[str, str]) -> Moved:
    """Everything where ``successors`` (in force, ``{old: new}``) want it; returns the keys of moved rows by table."""
    session.flush()
    found: Moved = {}
    for column in plan.columns():
        for keys in (
            _follow(session, plan, column, district_code, successors),
            _leave(session, plan, column, district_code, successors),
        ):
            if keys:
                found.setdefault(column.table.name, []).extend(keys)
    session.expire_all()
    return found


def _follow(session: Session, plan: Plan, column: Column, district: str, successors: Mapping[str, str]) -> list[Key]:
    """Rows that were moved before, to where they belong now."""
    row: Any = plan.move
    moved: list[Key] = []
    mine = (row.district_code == district, row.table_name == column.table.name, row.column_name == column.name)
    pairs = session.execute(select(row.source, row.became).where(*mine).distinct()).all()
    for source, became in pairs:
        target = chains.last(source, successors)
        if target == became:
            continue
        group = and_(*mine, row.source == source, row.became == became)
        keys = list(session.scalars(select(row.row_key).where(group)))
        gone = _repoint(session, column, became, target, keys)
        kept = {_name(key) for key in [*gone, *_still(session, column, became, keys)]}
        lost = [key for key in keys if _name(key) not in kept]
        session.execute(delete(row).where(group, row.row_key.in_([*lost, *(gone if target == source else [])])))
        session.execute(update(row).where(group, row.row_key.in_(gone)).values(became=target))
        moved += gone
    return moved


def _leave(session: Session, plan: Plan, column: Column, district: str, successors: Mapping[str, str]) -> list[Key]:
    """Rows that still say a key that became another."""
    moved: list[Key] = []
    for source in successors:
        target = chains.last(source, successors)
        gone = _repoint(session, column, source, target, None) if target != source else []
        notes = [
            {
                "id": ids.new_id("rmv"),
                "district_code": district,
                "table_name": column.table.name,
                "column_name": column.name,
                "row_key": key,
                "source": source,
                "became": target,
            }
            for key in gone
        ]
        if notes:
            session.execute(insert(plan.move), notes)
        moved += gone
    return moved


def _repoint(session: Session, column: Column, source: str, target: str, keys: Sequence[Key] | None) -> list[Key]:
    """Rows of ``source`` (among ``keys``) become ``target``'s; those the target has too stay. Returns their keys."""
    if keys is not None and not keys:
        return []
    if column.many:
        return _repoint_lists(session, column, source, target, keys)
    try:
        with session.begin_nested():
            return _change(session, column, source, target, keys)
    except IntegrityError:  # a partial index: only the database can say which row it is
        return _one_by_one(session, column, source, target, keys)


def _one_by_one(session: Session, column: Column, source: str, target: str, keys: Sequence[Key] | None) -> list[Key]:
    moved: list[Key] = []
    for key in _still(session, column, source, keys):
        try:
            with session.begin_nested():
                moved += _change(session, column, source, target, [key])
        except IntegrityError:
            continue
    return moved


def _change(session: Session, column: Column, source: str, target: str, keys: Sequence[Key] | None) -> list[Key]:
    statement = (
        update(column.table)
        .where(column.holds(source), *_among(column, keys), *_without_clash(column, target))
        .values({column.name: target, **_newer(column.table)})
        .returning(*(column.table.c[name] for name in column.keys))
    )
    return [dict(row) for row in session.connection().execute(statement).mappings()]


def _repoint_lists(session: Session, column: Column, source: str, target: str, keys: Sequence[Key] | None) -> list[Key]:
    """A list that names the target already keeps both."""
    table = column.table
    moved: list[Key] = []
    names = [table.c[name] for name in column.keys]
    wanted = select(*names, table.c[column.name]).where(
        column.holds(source), ~table.c[column.name].contains([target]), *_among(column, keys)
    )
    for found in session.connection().execute(wanted.with_for_update()).mappings().all():
        key = {name: found[name] for name in column.keys}
        changed = [target if value == source else value for value in found[column.name]]
        statement = update(table).where(*_among(column, [key])).values({column.name: changed, **_newer(table)})
        session.connection().execute(statement)
        moved.append(key)
    return moved


def _still(session: Session, column: Column, value: str, keys: Sequence[Key] | None) -> list[Key]:
    names = [column.table.c[name] for name in column.keys]
    statement = select(*names).where(column.holds(value), *_among(column, keys))
    return [dict(row) for row in session.connection().execute(statement).mappings()]


def _among(column: Column, keys: Sequence[Key] | None) -> list[ColumnElement[bool]]:
    if keys is None:
        return []
    names = column.keys
    return [tuple_(*(column.table.c[name] for name in names)).in_([tuple(key[name] for name in names) for key in keys])]


def _newer(table: Table) -> dict[str, Any]:
    """Versions go up: an ETag read before is old."""
    return {"version": table.c.version + 1} if "version" in table.c else {}


def _without_clash(column: Column, target: str) -> Iterator[ColumnElement[bool]]:
    """For each rule of uniqueness over the column: the target has no such row yet."""
    table, other = column.table, column.table.alias("other")
    for names in _unique(table):
        if column.name in names:
            same = [other.c[name].is_not_distinct_from(table.c[name]) for name in names if name != column.name]
            yield ~exists().where(other.c[column.name] == target, *same)


def _unique(table: Table) -> Iterator[list[str]]:
    """Partial indexes are left out: their condition decides, and the database refuses what it must."""
    yield [column.name for column in table.primary_key.columns]
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns]
    for index in table.indexes:
        if isinstance(index, Index) and index.unique and index.dialect_options["postgresql"]["where"] is None:
            yield [column.name for column in index.columns]


def _name(key: Key) -> tuple[Any, ...]:
    return tuple(sorted(key.items()))
