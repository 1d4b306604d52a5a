"""Migrations: made from the models, run by one replica at a time, equal to the models afterwards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from chassis.runtime import migrate
from tests.runtime.demo.service import SERVICE
from tests.runtime.world import server

pytestmark = pytest.mark.postgres


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setattr(migrate, "versions_of", lambda service: tmp_path)
    monkeypatch.setenv("DATABASE_PREFIX", f"test_migrate_{os.getpid()}_")
    yield tmp_path
    migrate.drop_database(server().set(database=f"test_migrate_{os.getpid()}_demo"))


def test_the_first_revision_makes_what_the_models_say(versions: Path) -> None:
    path = migrate.revision(SERVICE, "initial")
    assert path is not None
    assert path.name == "0001_initial.py"
    assert "chassis" not in path.read_text()
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _: migrate.migrate(SERVICE), range(3)))
    engine = create_engine(server().set(database=f"test_migrate_{os.getpid()}_demo"))
    with engine.connect() as connection:
        assert migrate.differences(SERVICE, connection) == []
    engine.dispose()
    assert migrate.revision(SERVICE, "nothing") is None
    assert [one.name for one in versions.glob("*.py")] == ["0001_initial.py"]
