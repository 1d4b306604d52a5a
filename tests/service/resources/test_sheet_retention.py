"""Sheets, reports and exports of resources end some days after their job; both services keep what the other names."""

from __future__ import annotations

import base64
import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from chassis import clock, files
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import Job
from services.registry import others as others_of_registry
from services.registry.bulk.retention import SHEETS as SHEETS_OF_REGISTRY
from services.resources import others
from services.resources.allocations.models import Allocation
from services.resources.bulk.retention import SHEETS
from tests.kit import DISTRICT, ZHUHAI, make_host
from tests.service.registry import sheets
from tests.service.registry.sheets import as_csv
from tests.service.resources.conftest import World, later
from tests.service.resources.test_sheets import NEED, ZH, need, row

RETENTIONS = {"registry": SHEETS_OF_REGISTRY, "resources": SHEETS}


@pytest.fixture(autouse=True)
def _store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())


@pytest.fixture
def both(monkeypatch: pytest.MonkeyPatch) -> World:
    """Resources beside the registry; each asks the other's own operation, as its job process does over the bus."""
    world = World(make_host("registry", "resources"))
    for name in ("enterprise", "sunset"):
        world.add(name, "enterprise" if name == "enterprise" else "cso", ZHUHAI)
    monkeypatch.setattr(others, "count_holders", lambda sha256: counted(world.host, "registry", sha256))
    monkeypatch.setattr(others_of_registry, "count_holders", lambda sha256: counted(world.host, "resources", sha256))
    return world


@pytest.fixture
def alone(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(others, "count_holders", lambda sha256: 0)
    return world


def counted(host: InProcessHost, service: str, sha256: str) -> int:
    executor = host.executors[service]
    with executor.system_session("drop_bulk_files", DISTRICT) as session:
        asked: dict[str, Any] = executor.service.cls().count_file_holders(session, actor=None, sha256=sha256)
    return int(asked["holders"])


def done(world: World, operation: str, **asked: Any) -> dict[str, Any]:
    """The finished job."""
    bureau = world.bureau
    job = bureau(operation, **asked)["job_id"]
    world.host.settle()
    view: dict[str, Any] = bureau(f"{operation.partition('.')[0]}.get_job", job_id=job)
    assert view["status"] == "done", view
    return view


def imported(world: World, content: bytes, name: str = "offers") -> tuple[str, str]:
    """Its sheet and its report."""
    about = sheets.store(content, "csv")
    view = done(world, f"resources.import_{name}", file=about, mode="valid_rows")
    return about["sha256"], view["result"]["report"]["sha256"]


def made(world: World, operation: str, **asked: Any) -> str:
    return str(done(world, f"resources.{operation}", **asked)["result"]["file"]["sha256"])


def is_there(sha256: str) -> bool:
    return files.read(files.open_store(), district=DISTRICT, sha256=sha256, limit=2**20) is not None


def age(world: World, days: float, service: str = "resources") -> None:
    with world.host.executors[service].sessions.begin() as session:
        session.execute(update(Job).values(finished_at=clock.system_now() - timedelta(days=days)))


def turn(world: World, service: str = "resources") -> list[dict[str, Any]]:
    """The hourly task and its job; what every such job has done so far."""
    executor = world.host.executors[service]
    with executor.system_session("ask_for_dropping_sheets", DISTRICT) as session:
        for _ in range(2):  # queued once
            RETENTIONS[service].ask_for_dropping(session, now=clock.system_now())
        queued = select(Job).where(Job.name == "drop_bulk_files", Job.status == "queued")
        assert len(session.scalars(queued).all()) < 2
    world.host.settle()
    with executor.sessions() as session:
        ended = select(Job.result).where(Job.name == "drop_bulk_files", Job.status == "done")
        return [dict(one) for one in session.scalars(ended.order_by(Job.created_at))]


def test_sheets_reports_and_exports_go_when_their_time_is_over(alone: World) -> None:
    found = [*imported(alone, as_csv([ZH, row(1)])), *imported(alone, as_csv([NEED, need(1)]), "needs")]
    found += [made(alone, "export_offers", format="csv"), made(alone, "export_needs", format="xlsx")]
    found.append(made(alone, "export_one_list", street_code=ZHUHAI, form="xlsx"))
    age(alone, 6.9)
    assert turn(alone) == []
    assert all(map(is_there, found))
    age(alone, 7.1)
    assert turn(alone) == [{"dropped": 7, "kept": 0}]
    assert not any(map(is_there, found))
    assert turn(alone) == [{"dropped": 7, "kept": 0}], "nothing is due any more"


def test_a_job_that_failed_leaves_no_sheet_behind(alone: World, monkeypatch: pytest.MonkeyPatch) -> None:
    about = sheets.store(as_csv([["没有这一列"], ["x"]]), "csv")
    bureau = alone.bureau
    job = bureau("resources.import_needs", file=about, mode="dry_run")["job_id"]
    alone.host.settle()
    assert bureau("resources.get_job", job_id=job)["status"] == "failed"
    age(alone, 2)
    monkeypatch.setenv("BULK_FILE_DAYS", "1")
    assert turn(alone) == [{"dropped": 1, "kept": 0}]
    assert not is_there(about["sha256"])


def test_a_sheet_that_a_row_names_or_a_later_job_has_stays(alone: World) -> None:
    evidence, _ = imported(alone, as_csv([ZH, row(1)]))
    again, _ = imported(alone, as_csv([ZH, row(2)]))
    allocation = alone.proposed(alone.offer(), alone.need(), 4)
    with alone.host.executors["resources"].sessions.begin() as session:
        session.get_one(Allocation, allocation).evidence = [evidence]
    age(alone, 8)
    imported(alone, as_csv([ZH, row(2)]))
    turn(alone)
    assert is_there(evidence)
    assert is_there(again)
    age(alone, 8)
    turn(alone)
    assert is_there(evidence)
    assert not is_there(again)


def test_neither_service_deletes_what_a_job_of_the_other_still_has(both: World) -> None:
    content = as_csv([ZH, row(1)])
    sheet, _ = imported(both, content)
    about = sheets.store(content, "csv")  # the same bytes, taken for organisations: that job fails, and names them
    both.bureau("registry.import_organisations", file=about, mode="dry_run")
    both.host.settle()
    age(both, 8)
    turn(both)
    assert is_there(sheet), "the registry's job is young"
    age(both, 8, "registry")
    turn(both, "registry")
    assert not is_there(sheet)


def test_two_that_are_due_do_not_wait_for_each_other(both: World) -> None:
    content = as_csv([ZH, row(1)])
    sheet, _ = imported(both, content)
    both.bureau("registry.import_organisations", file=sheets.store(content, "csv"), mode="dry_run")
    both.host.settle()
    for service in ("registry", "resources"):
        age(both, 8, service)
    turn(both, "registry")
    assert not is_there(sheet)
    assert turn(both)[0]["kept"] == 0


def test_while_another_service_is_away_nothing_is_deleted(alone: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(sha256: str) -> int:
        raise others.AwayError

    sheet, _ = imported(alone, as_csv([ZH, row(1)]))
    age(alone, 8)
    with monkeypatch.context() as patch:
        patch.setattr(others, "count_holders", away)
        assert turn(alone) == []
    assert is_there(sheet)
    with alone.host.executors["resources"].sessions.begin() as session:
        session.execute(update(Job).where(Job.name == "drop_bulk_files").values(lease_until=None))
    turn(alone)
    assert not is_there(sheet)


def test_reports_and_exports_are_ciphertext_where_the_store_has_a_key(
    alone: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "files.key").write_bytes(base64.b64encode(os.urandom(32)) + b"\n")
    monkeypatch.setenv("FILES_KEY_FILE", str(tmp_path / "files.key"))
    sheet, report = imported(alone, as_csv([NEED, need(1, due_on=later(9))]), "needs")
    export = made(alone, "export_needs", format="csv")
    for sha256 in (sheet, report, export):
        stored = (tmp_path / "files" / DISTRICT / sha256).read_bytes()
        assert stored.startswith(b"FPS1")
        assert "缺轮椅".encode() not in stored
        assert is_there(sha256)
    age(alone, 8)
    turn(alone)
    assert not any(map(is_there, (sheet, report, export)))
