"""`./run bus` sees databases and broker by itself, and says what it cannot see."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from chassis import config, db
from chassis.runtime import health, parking, topology
from chassis.runtime.parking import Letter
from deploy.local import __main__ as commands
from deploy.local.layout import Layout
from deploy.local.plan import SERVICES
from tests import kit

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]
Show = Callable[..., tuple[int, str]]


@pytest.fixture
def databases(monkeypatch: pytest.MonkeyPatch) -> dict[str, Engine]:
    """One per service, emptied; the command finds these instead of a district's."""
    made = {service: kit.database(service) for service in SERVICES}
    for engine in made.values():
        kit.empty(engine)
    monkeypatch.setattr(db, "database_url", lambda service: made[service].url)
    monkeypatch.setenv("AMQP_URI", config.AMQP_URI.get())
    monkeypatch.setenv("DATABASE_URL", config.DATABASE_URL.get())
    return made


@pytest.fixture
def show(databases: dict[str, Engine], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Show:
    layout = Layout(root=tmp_path, var=tmp_path / "var")

    def run(*arguments: str) -> tuple[int, str]:
        code = commands.show_bus(layout, list(arguments))
        return code, capsys.readouterr().out

    return run


def park(engine: Engine, queue: str) -> None:
    failed = {parking.ERROR: "RuntimeError: [no]", parking.FINGERPRINT: "ab" * 32}
    with db.make_sessions(engine).begin() as session:
        parking.store(session, Letter(queue=queue, headers=failed, body=b"{}"))


def test_the_table_names_what_waits(show: Show, databases: dict[str, Engine]) -> None:
    park(databases["notify"], "notify.on_account_opened")
    code, text = show()
    assert code == 0
    assert "RuntimeError: [no]" in text
    assert "abababababab" in text
    assert "retrying" in text
    assert "projects-trail.on_event" in show("--all")[1]


def test_json_holds_every_figure(show: Show, databases: dict[str, Engine]) -> None:
    park(databases["notify"], "notify.on_account_opened")
    code, text = show("--json")
    found: dict[str, Any] = json.loads(text)
    assert (code, found["errors"]) == (0, [])
    assert set(found["services"]) == {*SERVICES, "projects-trail"}
    figures = found["services"]["notify"]["figures"]
    assert (figures["parked"], figures["retrying"], figures["unsent"]) == (1, 0, 0)
    assert found["services"]["notify"]["groups"][0]["count"] == 1
    assert set(found["retry"]) == {f"retry.{tier}" for tier in topology.TIER_SECONDS}


def test_a_queue_is_idle_unless_something_waits_or_nobody_consumes(show: Show) -> None:
    queue, uri = "rpc-registry", config.AMQP_URI.get()
    ours = health.look_at(uri, [queue])[queue] is None
    with topology.connection(uri) as conn, conn.channel() as channel:
        channel.queue_declare(queue, durable=True, auto_delete=False)
        channel.basic_consume(queue, callback=lambda message: None)
        assert queue not in show()[1]
        assert queue in show("--all")[1]
        if ours:
            channel.queue_delete(queue)


def test_without_a_broker_the_databases_are_still_shown(
    show: Show, databases: dict[str, Engine], monkeypatch: pytest.MonkeyPatch
) -> None:
    park(databases["notify"], "notify.on_account_opened")
    monkeypatch.setenv("AMQP_URI", "amqp://127.0.0.1:1/")
    code, text = show("--json")
    found = json.loads(text)
    assert code == 1
    assert "the broker does not answer" in found["errors"][0]
    assert found["services"]["notify"]["figures"]["parked"] == 1


def test_without_a_database_the_queues_are_still_shown(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = db.make_engine("postgresql+psycopg2://nobody@127.0.0.1:1/none").url
    monkeypatch.setattr(db, "database_url", lambda service: gone)
    code, text = show("--json")
    found = json.loads(text)
    assert code == 1
    assert len(found["errors"]) == len(SERVICES)
    assert "rpc-registry" in found["services"]["registry"]["queues"]


def test_where_nothing_runs_it_says_so_and_starts_nothing(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AMQP_URI")
    assert show()[0] == 3


def test_a_service_named_hands_over_to_its_own_command(show: Show, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[list[str]] = []
    monkeypatch.setattr(os, "execve", lambda path, argv, env: called.append(list(argv)))
    monkeypatch.setattr(os, "chdir", lambda path: None)
    show("notify", "replay", "--all")
    (argv,) = called
    assert argv[1:] == ["-m", "services.notify", "parked", "replay", "--all"]
