"""An installation from before 0004 keeps its organisations, and they are found, assured and compared like new ones."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, make_url, text

from chassis import config, ids
from chassis.runtime import migrate
from tests import kit

OLD = """
INSERT INTO organisation (id, name, name_key, kind, legal_tier, uscc, filing_number, fields, introduction, status,
    in_breach, district_code, street_code, version, created_at)
VALUES (:id, :name, :name, :kind, :tier, :uscc, :filing, '[]', '', 'active', false, '370211', '370211009', 1,
    '2025-01-02T00:00:00Z')
"""


@pytest.fixture
def engine() -> Iterator[Engine]:
    url = make_url(config.DATABASE_URL.get()).set(drivername="postgresql+psycopg2", database=f"test_0004_{os.getpid()}")
    migrate.create_database(url)
    made = create_engine(url)
    try:
        yield made
    finally:
        made.dispose()
        migrate.drop_database(url)


def _upgrade(engine: Engine, revision: str) -> None:
    with engine.connect() as connection:
        command.upgrade(migrate._config(kit.load_service("registry"), connection), revision)
        connection.commit()


def test_old_rows_get_their_form_their_clock_and_their_numbers(engine: Engine) -> None:
    _upgrade(engine, "0003")
    rows = [
        ("书法协会", "cso", "registered", "51370211MJD00001X1", None),
        ("助老社", "cso", "filed", None, "备 － ０１"),
        ("某公司", "enterprise", "registered", "91370211MJD00001X1", None),
    ]
    with engine.begin() as connection:
        for name, kind, tier, uscc, filing in rows:
            values = {"id": ids.new_uuid(), "name": name, "kind": kind, "tier": tier, "uscc": uscc, "filing": filing}
            connection.execute(text(OLD), values)
    _upgrade(engine, "head")
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT name, legal_form, assure_from = created_at AS counts, search_version, bigrams FROM organisation"
            )
        ).all()
        assert {(row.name, row.legal_form) for row in found} == {
            ("书法协会", "association"),
            ("助老社", "none"),
            ("某公司", "none"),
        }
        assert all(row.counts and row.search_version == 0 and row.bigrams == [] for row in found)
        numbers = connection.execute(
            text("SELECT type, value, value_key, principal FROM organisation_identifier")
        ).all()
        assert {tuple(row) for row in numbers} == {
            ("credit_code", "51370211MJD00001X1", "51370211MJD00001X1", True),
            ("credit_code", "91370211MJD00001X1", "91370211MJD00001X1", True),
            ("filing_number", "备 － ０１", "备01", True),
        }
        assert connection.execute(text("SELECT count(*) FROM duplicate_check")).scalar() == 3
        assert migrate.differences(kit.load_service("registry"), connection) == []
