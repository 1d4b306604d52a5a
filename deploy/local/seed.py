"""`./run seed`: a synthetic district of any size, straight into the databases of the running one."""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from sqlalchemy import URL

from chassis import db
from deploy.local.layout import Layout
from deploy.local.plan import district_code
from deploy.local.seed_rows import CHANGE, ORGANISATION, SYNTHETIC, Synthetic, copy_line

MARKS = (SYNTHETIC, "演示")
# The other services' own copies, as their events would have left them. Version 0: the first event that comes is newer.
KNOWN: dict[str, dict[str, str]] = {
    "projects": {
        **{name: name for name in ("id", "district_code", "street_code", "name", "kind", "legal_tier", "fields")},
        **{name: name for name in ("hub_id", "status", "in_breach")},
        "subject_version": "known_version",
    },
    "resources": {
        **{name: name for name in ("id", "district_code", "street_code", "name", "kind", "hub_id", "status")},
        "fields_of_work": "fields",
        "source_version": "known_version",
    },
    "notify": {
        **{name: name for name in ("id", "district_code", "street_code", "name", "kind", "hub_id", "status")},
        "subject_version": "known_version",
    },
}
Say = Callable[[str], None]


class SeedError(Exception):
    """Why nothing was written."""


def main(layout: Layout, arguments: list[str]) -> int:
    chosen = _parse(arguments)
    from deploy.local.trace import database_url  # it imports the services and SQL

    url = database_url(layout)
    if url is None:
        print("数据库未运行。 The databases are not running. 启动 Start them: ./run up --detach", file=sys.stderr)
        return 3
    os.environ["DATABASE_URL"] = url
    os.environ.setdefault("DATA_KEY_FILE", str(layout.secrets / "data.key"))
    began = time.monotonic()
    sizes = {"organisations": chosen.organisations, "history": chosen.history or 10 * chosen.organisations}
    try:
        seed_district(district_code(), seed=chosen.seed, force=chosen.force, say=print, **sizes)
    except (SeedError, psycopg2.Error) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"完成 done: {time.monotonic() - began:.0f} s")
    return 0


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run seed")
    parser.add_argument("--organisations", type=_count, default=100_000, metavar="N")
    parser.add_argument("--history", type=_count, default=None, metavar="N", help="rows of changes (10 each)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed makes the same data (7)")
    parser.add_argument("--force", action="store_true", help="also beside organisations that are not marked as made up")
    return parser.parse_args(arguments)


def _count(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 10_000_000:
        raise argparse.ArgumentTypeError("from 1 to 10 000 000")
    return number


def seed_district(district: str, *, organisations: int, history: int, seed: int, force: bool, say: Say) -> Synthetic:
    """Registry, then what the other services would know. Raises :class:`SeedError`.

    Run again with the same numbers it adds nothing, and completes what a broken run left out.
    """
    sizes = {"organisations": organisations, "history": history}
    made = seed_registry(district, seed=seed, force=force, say=say, **sizes)
    for service in KNOWN:
        with closing(_connected(service)) as connection, connection, connection.cursor() as cursor:
            _tell(cursor, service, made.rows)
        _analyse(service)
    return made


def seed_registry(district: str, *, organisations: int, history: int, seed: int, force: bool, say: Say) -> Synthetic:
    """Organisations and their history in one transaction, then fresh statistics."""
    with closing(_connected("registry")) as connection, connection, connection.cursor() as cursor:
        if not force:
            _check_made_up(cursor, district)
        made = _planned(cursor, district, organisations, history, seed)
        cursor.execute("SELECT count(*) FROM organisation WHERE id = %s", [str(made.rows[-1]["id"])])
        if cursor.fetchone() == (0,):
            say(f"{SYNTHETIC} {len(made.rows)} 个组织 organisations")
            _copy(cursor, "organisation", ORGANISATION, made.organisation_lines())
            say(f"{SYNTHETIC} {max(history, len(made.rows))} 条变更 changes")
            _copy(cursor, "organisation_change", CHANGE, made.change_lines())
        else:
            say(f"{SYNTHETIC}数据已在 the synthetic organisations are there already")
    _analyse("registry")
    return made


def _planned(cursor: Any, district: str, organisations: int, history: int, seed: int) -> Synthetic:
    cursor.execute(
        "SELECT level, code, name, street_code FROM place WHERE district_code = %s AND valid_until IS NULL "
        "AND level IN ('street', 'community') ORDER BY code",
        [district],
    )
    rows = cursor.fetchall()
    streets = {code: name for level, code, name, _ in rows if level == "street"}
    if not streets:
        raise SeedError(f"辖区 {district} 还没有街道 the district has no streets yet: ./run up")
    communities = {street: [row[1] for row in rows if row[0] == "community" and row[3] == street] for street in streets}
    return Synthetic(
        district=district,
        organisations=organisations,
        history=history,
        seed=seed,
        streets=streets,
        communities=communities,
    )


def _check_made_up(cursor: Any, district: str) -> None:
    unlike = " AND ".join(["name NOT LIKE %s"] * len(MARKS))
    cursor.execute(
        f"SELECT count(*) FROM organisation WHERE district_code = %s AND {unlike}",
        [district, *(f"%{mark}%" for mark in MARKS)],
    )
    real = int(cursor.fetchone()[0])
    if real:
        raise SeedError(
            f"库中有 {real} 个未标“{'”“'.join(MARKS)}”的组织，不像演示环境；确要写入请加 --force。 "
            f"{real} organisations are not marked as made up: this does not look like a demonstration (--force)."
        )


def _tell(cursor: Any, service: str, rows: Sequence[dict[str, Any]]) -> None:
    columns = KNOWN[service]
    cursor.execute("CREATE TEMP TABLE coming (LIKE known_organisation) ON COMMIT DROP")
    _copy(cursor, "coming", tuple(columns), _known_lines(rows, columns))
    cursor.execute("INSERT INTO known_organisation SELECT * FROM coming ON CONFLICT (id) DO NOTHING")


def _known_lines(rows: Sequence[dict[str, Any]], columns: dict[str, str]) -> Iterator[str]:
    for row in rows:
        source = {**row, "fields": json.dumps(row["fields"]), "known_version": 0}
        yield copy_line({name: source[of] for name, of in columns.items()}, tuple(columns))


def _copy(cursor: Any, table: str, columns: Sequence[str], lines: Iterable[str]) -> None:
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", _Stream(lines))


class _Stream(io.TextIOBase):
    """Lines as a file that is read once: a million of them need not be in memory together."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._lines = iter(lines)
        self._rest = ""

    def read(self, size: int | None = -1) -> str:
        wanted = 1 << 16 if size is None or size < 0 else size
        parts, length = [self._rest], len(self._rest)
        while length < wanted and (line := next(self._lines, None)) is not None:
            parts.append(line)
            length += len(line)
        text = "".join(parts)
        self._rest = text[wanted:]
        return text[:wanted]


def _connected(service: str) -> Connection:
    made: Connection = psycopg2.connect(_dsn(db.database_url(service)))
    return made


def _analyse(service: str) -> None:
    connection = _connected(service)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connection.close()


def _dsn(url: URL) -> str:
    return url.set(drivername="postgresql").render_as_string(hide_password=False)
