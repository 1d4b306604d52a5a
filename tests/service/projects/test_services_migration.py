"""What was delivered before services had rows of their own is carried over; orders done again forget the first time."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, create_engine, text

from chassis import db, ids
from chassis.runtime import migrate
from tests.house.kit import service
from tests.service.projects.test_money_migration import step

BEFORE = "0034"
ORDER = """
INSERT INTO service_order (
    id, district_code, street_code, kind, title, need, status, requester_account_id, requested_by_account_id, on_behalf,
    risky, candidates, open_claim, escalated, offer_rank, evidence, organisation_id, delivered_minutes, stars,
    hours_void, redo, ends_at, version, created_at
) VALUES (
    :id, '370211', '370211009', 'elder_care', '演示', '', :status, :person, :person, false,
    false, '[]', false, false, 1, '[{"sha256": "aa"}]', :organisation, :minutes, :stars,
    :void, false, '2026-03-01T02:00:00Z', 1, '2026-02-01T02:00:00Z'
)
"""


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    monkeypatch.setenv("DATABASE_PREFIX", f"test_migrations_{os.getpid()}_services_")
    url = db.database_url("projects")
    migrate.migrate(service("projects"))
    step(url, command.downgrade, BEFORE)
    made = create_engine(url)
    yield made
    made.dispose()
    migrate.drop_database(url)


def order(
    connection: Any, status: str, *, minutes: int | None = 80, stars: int | None = None, void: bool = False
) -> Any:
    made = ids.new_uuid()
    facts = {"status": status, "minutes": minutes, "stars": stars, "void": void}
    connection.execute(text(ORDER), {"id": made, "person": ids.new_uuid(), "organisation": ids.new_uuid(), **facts})
    return made


def test_services_are_carried_over_and_a_second_doer_does_not_inherit_the_first_ones(engine: Engine) -> None:
    with engine.begin() as connection:
        rated = order(connection, "rated", stars=5)
        voided = order(connection, "sealed", void=True)
        waiting = order(connection, "delivered")
        disputed = order(connection, "disputed")
        redone = order(connection, "accepted", stars=1, void=True)
        order(connection, "scheduled", minutes=None)
    step(engine.url, command.upgrade, "head")
    with engine.connect() as connection:
        found = connection.execute(
            text(
                "SELECT s.order_id, s.status, s.minutes, s.stars, s.organisation_id = o.organisation_id AS same,"
                " s.delivered_at = o.ends_at AS then FROM order_service s JOIN service_order o ON o.id = s.order_id"
            )
        ).all()
        left = connection.execute(
            text("SELECT delivered_minutes, stars, hours_void, evidence FROM service_order WHERE id = :id"),
            {"id": redone},
        ).one()
    assert {row.order_id: (row.status, row.minutes, row.stars) for row in found} == {
        rated: ("counted", 80, 5),
        voided: ("void", 80, None),
        waiting: ("delivered", 80, None),
        disputed: ("disputed", 80, None),
    }
    assert all(row.same and row.then for row in found)
    assert tuple(left) == (None, None, False, [])
