"""Each service's migrations make what its models say, from nothing and again after a step back."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from alembic import command
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
