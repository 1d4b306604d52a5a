"""Each service's migrations make what its models say, from nothing and again after a step back."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError

from chassis import config, db
from chassis.runtime import migrate
from gateway.catalogue import SERVICES
from tests.house.kit import service

pytestmark = pytest.mark.postgres


@pytest.fixture(params=SERVICES)
def name(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    prefix = f"test_migrations_{os.getpid()}_"
    monkeypatch.setenv("DATABASE_PREFIX", prefix)
    yield request.param
    migrate.drop_database(db.database_url(request.param))


def test_migrations_and_models_say_the_same_also_after_a_step_back(name: str) -> None:
    migrate.migrate(service(name))
    url = db.database_url(name)
    with migrate._connection(url) as connection:
        assert migrate.differences(service(name), connection) == []
    with migrate._connection(url) as connection:
        command.downgrade(migrate._config(service(name), connection), "-1")
        command.upgrade(migrate._config(service(name), connection), "head")
    with migrate._connection(url) as connection:
        assert migrate.differences(service(name), connection) == []


def test_a_migrated_registry_has_an_access_log_that_only_grows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PREFIX", f"test_migrations_{os.getpid()}_log_")
    url = db.database_url("registry")
    try:
        migrate.migrate(service("registry"))
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(
                text(
                    "INSERT INTO personal_access (id, account_id, role, subject_id, fields, purpose, reason_digest, at,"
                    " district_code) VALUES (gen_random_uuid(), gen_random_uuid(), 'bureau', 'acc_1', '[]', 'contact',"
                    " 'x', now(), :district)"
                ),
                {"district": config.DISTRICT.get()},
            )
        for change in (
            "UPDATE personal_access SET role = 'x'",
            "DELETE FROM personal_access",
            "TRUNCATE personal_access CASCADE",
        ):
            with pytest.raises(DBAPIError, match="append-only"), engine.begin() as connection:
                connection.execute(text(change))
        engine.dispose()
    finally:
        migrate.drop_database(url)


_RECORDED = """
INSERT INTO outbox
    (id, name, district_code, subject, subject_version, occurred_at, recorded_at, headers, payload, sent_at)
VALUES (gen_random_uuid(), :name, '370211', :name, 1, now(), now(), '{}', '{}', :sent_at) RETURNING position
"""
_SENT = "INSERT INTO outbox_sent VALUES ('2026-01-06T08:00:00Z', :one, int8multirange(int8range(:one, :one, '[]')))"


class Outbox:
    """A service's, before and after its events that wait got a list of their own."""

    def __init__(self, name: str) -> None:
        self.service, self.url = service(name), db.database_url(name)
        (file,) = migrate.versions_of(self.service).glob("*_waiting_events.py")
        self.before = f"{file.name.partition('_')[0]}-1"
        migrate.migrate(self.service)

    def step(self, move: Callable[[Config, str], None], to: str) -> None:
        with migrate._connection(self.url) as connection:
            move(migrate._config(self.service, connection), to)

    def run(self, statement: str, **known: object) -> list[Any]:
        with migrate._connection(self.url) as connection, connection.begin():
            found = connection.execute(text(statement), known)
            return list(found.scalars()) if found.returns_rows else []

    def record(self, event: str, sent_at: str | None = None) -> int:
        """As the release before does: it names no position."""
        return int(self.run(_RECORDED, name=event, sent_at=sent_at)[0])


def test_events_of_the_release_before_wait_and_those_sent_are_not_sent_again_after_a_step_back(name: str) -> None:
    outbox = Outbox(name)
    outbox.step(command.downgrade, outbox.before)
    outbox.record("sent", "2026-01-05T08:00:00Z")
    unsent = outbox.record("unsent")
    outbox.step(command.upgrade, "head")
    late = outbox.record("recorded by a process that was not restarted yet")
    assert outbox.run("SELECT position FROM outbox_waiting ORDER BY 1") == [unsent, late]
    outbox.run("DELETE FROM outbox_waiting WHERE position = :one", one=unsent)
    outbox.run(_SENT, one=unsent)
    outbox.step(command.downgrade, outbox.before)
    assert outbox.run("SELECT position FROM outbox WHERE sent_at IS NULL") == [late]
    days = outbox.run("SELECT sent_at::date::text FROM outbox WHERE sent_at IS NOT NULL ORDER BY 1")
    assert days == ["2026-01-05", "2026-01-06"]
