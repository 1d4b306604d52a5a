"""Money that was there before the ledger had postings is carried over: balanced, to the lines it came from."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from chassis import db, ids
from chassis.runtime import migrate
from services.projects.ledger.queries import trial_balance
from tests.house.kit import service

BEFORE = "0004"
ROUND, AWARD, PROPOSAL = (ids.new_uuid() for _ in range(3))
LINES = [ids.new_id("pol") for _ in range(2)]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("DATABASE_PREFIX", f"test_migrations_{os.getpid()}_money_")
    url = db.database_url("projects")
    migrate.migrate(service("projects"))
    step(url, command.downgrade, BEFORE)
    made = create_engine(url)
    yield made
    made.dispose()
    migrate.drop_database(url)


def step(url: Any, go: Any, revision: str) -> None:
    with migrate._connection(url) as connection:
        go(migrate._config(service("projects"), connection), revision)


def fill(connection: Any, table: str, **values: Any) -> None:
    """A row with what is given; whatever else the table requires gets something of its type."""
    columns = connection.execute(
        text(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :table"
            " AND is_nullable = 'NO' AND column_default IS NULL"
        ),
        {"table": table},
    ).all()
    blank = {
        "uuid": uuid.UUID(int=1),
        "jsonb": "[]",
        "boolean": False,
        "timestamp with time zone": "2026-01-01",
        "bigint": 1,
        "integer": 1,
        "smallint": 1,
    }
    row = {name: blank.get(kind, "370211") for name, kind in columns} | values
    names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
    connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)


def entry(connection: Any, kind: str, fen: int, reference: str, day: int, award: uuid.UUID | None = AWARD) -> None:
    about = {"round_id": ROUND, "award_id": award, "kind": kind, "amount_fen": fen, "reference": reference}
    fill(connection, "ledger_entry", id=ids.new_uuid(), posted_at=f"2026-01-{day:02d}", **about)


def test_old_entries_get_postings_and_the_books_hold(engine: Engine) -> None:
    with engine.begin() as connection:
        fill(connection, "round", id=ROUND)
        fill(connection, "proposal", id=PROPOSAL, round_id=ROUND)
        fill(
            connection,
            "award",
            id=AWARD,
            round_id=ROUND,
            proposal_id=PROPOSAL,
            amount_fen=1000,
            disbursed_fen=500,
            returned_fen=101,
        )
        for number, fen, status in ((1, 500, "paid"), (2, 300, "released"), (3, 200, "planned")):
            fill(
                connection,
                "tranche",
                id=ids.new_uuid(),
                award_id=AWARD,
                number=number,
                amount_fen=fen,
                status=status,
                released_at="2026-01-05",
            )
        for number, (line, fen) in enumerate(zip(LINES, (701, 800), strict=True), start=1):
            entry(connection, "pledged", fen, line, number, award=None)
        entry(connection, "committed", 1000, "award", 3)
        entry(connection, "disbursed", 500, "tranche", 4)
        entry(connection, "returned", 101, "bank", 6)
        fill(connection, "project", id=ids.new_uuid(), budget='[{"line": "a", "amount_fen": 1000}]')
    step(engine.url, command.upgrade, "head")
    with Session(engine) as session:
        found = trial_balance(session, ids.encode("rnd", ROUND))
        assert found["balanced"], found
        kept = {line.account.partition(":")[0]: 0 for line in found["accounts"]}
        for line in found["accounts"]:
            kept[line.account.partition(":")[0]] += line.kept_fen
        versions = session.execute(text("SELECT number, source, lines FROM budget_version")).all()
    assert kept == {"funder": -1501, "pool": 602, "commitment": 200, "tranche": 300, "disbursement": 399}
    assert versions == [(1, "awarded", [{"line": "a", "amount_fen": 1000}])]
    with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
        connection.execute(text("UPDATE posting SET amount_fen = 1"))
    with engine.begin() as connection:
        fill(connection, "payment_batch", id=uuid.UUID(int=2), status="exported")
    with pytest.raises(DBAPIError, match="immutable"), engine.begin() as connection:
        fill(connection, "payment", id=uuid.UUID(int=3), batch_id=uuid.UUID(int=2))
    step(engine.url, command.downgrade, BEFORE)
    with engine.begin() as connection:
        kinds = connection.execute(text("SELECT kind FROM ledger_entry ORDER BY posted_at")).scalars().all()
    assert kinds == ["pledged", "pledged", "committed", "disbursed", "returned"]
