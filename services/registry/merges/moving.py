"""Moving references from one organisation to another, and back exactly.

Which columns refer to organisations is read from the tables themselves, so a capability that adds one is covered. A row
that the survivor has too (a unique constraint says so) stays with the merged organisation; nothing is lost or doubled.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Index, Table, UniqueConstraint, exists, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import db, ids
from chassis.errors import ConflictError
from contracts.registry.codes_organisations import OrganisationCode
from services.registry.merges.models import Merge, MergeMove
from services.registry.models import Base

# The organisation itself is moved row by row, with its events; history, merges and the worklist tell of what was.
STAYING = {
    "organisation",
    "organisation_change",
    "organisation_merge",
    "merge_move",
    "duplicate_check",
    "duplicate_pair",
}


def references() -> Iterator[tuple[Table, str]]:
    """Every column that holds an organisation's id, in the tables' order of dependence."""
    for table in Base.metadata.sorted_tables:
        if table.name in STAYING:
            continue
        for column in table.columns:
            if isinstance(column.type, db.TypeId) and column.type.prefix == "org":
                yield table, column.name


def move(session: Session, merge: Merge) -> dict[str, list[dict[str, Any]]]:
    """Everything of the merged one to the survivor; returns the keys of the moved rows by table."""
    session.flush()
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column in references():
        keys = _repoint(session, table, column, merge.merged_id, merge.survivor_id)
        note(session, merge, table.name, column, keys, merge.survivor_id)
        if keys:
            found.setdefault(table.name, []).extend(keys)
    return found


def note(
    session: Session, merge: Merge, table: str, column: str, keys: list[dict[str, Any]], became: str | None
) -> None:
    """Remember what was moved."""
    rows = [
        {
            "id": ids.new_id("mmv"),
            "district_code": merge.district_code,
            "street_code": merge.street_code,
            "merge_id": merge.id,
            "table_name": table,
            "column_name": column,
            "row_key": key,
            "became": became,
        }
        for key in keys
    ]
    if rows:
        session.connection().execute(insert(MergeMove), rows)


def move_back(session: Session, merge: Merge) -> dict[str, list[dict[str, Any]]]:
    """What was moved and still is where it was moved to; returns the keys by table."""
    session.flush()
    found: dict[str, list[dict[str, Any]]] = {}
    for table, column in references():
        keys = _moved(session, merge, table.name, column)
        if not keys:
            continue
        names = list(keys[0])
        mine = tuple_(*(table.c[name] for name in names)).in_([tuple(key[name] for name in names) for key in keys])
        back = _repoint(session, table, column, merge.survivor_id, merge.merged_id, mine)
        found.setdefault(table.name, []).extend(back)
    return found


def _moved(session: Session, merge: Merge, table: str, column: str) -> list[dict[str, Any]]:
    wanted = select(MergeMove.row_key).where(
        MergeMove.merge_id == merge.id, MergeMove.table_name == table, MergeMove.column_name == column
    )
    return list(session.scalars(wanted))


def moved_organisations(session: Session, merge: Merge, column: str) -> list[tuple[str, str | None]]:
    """Organisations whose own ``column`` was moved: ``(id, what it became)``."""
    wanted = select(MergeMove.row_key, MergeMove.became).where(
        MergeMove.merge_id == merge.id, MergeMove.table_name == "organisation", MergeMove.column_name == column
    )
    return [(key["id"], became) for key, became in session.execute(wanted)]


def _repoint(
    session: Session, table: Table, column: str, source: str, target: str, *only: ColumnElement[bool]
) -> list[dict[str, Any]]:
    """Rows of ``source`` become ``target``'s; returns their keys. Their versions go up: an ETag read before is old."""
    values: dict[str, Any] = {column: target}
    if "version" in table.c:
        values["version"] = table.c.version + 1
    keys = list(table.primary_key.columns)
    statement = (
        update(table)
        .where(table.c[column] == source, *only, *_without_clash(table, column, target))
        .values(values)
        .returning(*keys)
    )
    try:
        rows = session.connection().execute(statement)
    except IntegrityError as error:
        raise ConflictError(OrganisationCode.MERGE_CLASH, table=table.name) from error
    return [dict(row) for row in rows.mappings()]


def _without_clash(table: Table, column: str, target: str) -> Iterator[ColumnElement[bool]]:
    """For each rule of uniqueness over the column: the target has no such row yet."""
    other = table.alias("other")
    for names in _unique(table):
        if column in names:
            same = [other.c[name].is_not_distinct_from(table.c[name]) for name in names if name != column]
            yield ~exists().where(other.c[column] == target, *same)


def _unique(table: Table) -> Iterator[list[str]]:
    """Partial indexes are left out: their condition decides, and the database refuses what it must."""
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint):
            yield [column.name for column in constraint.columns]
    for index in table.indexes:
        if isinstance(index, Index) and index.unique and index.dialect_options["postgresql"]["where"] is None:
            yield [column.name for column in index.columns]
