"""Sheets of personal data are deleted some days after their job, unless something still names them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from chassis import clock, files
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import Job
from services.registry import others
from services.registry.bulk.retention import SHEETS
from services.registry.visits.models import Visit
from tests.kit import DISTRICT
from tests.service.registry import sheets
from tests.service.registry.cast import Cast
from tests.service.registry.sheets import ZH, as_csv, filed


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """What the other services say they still name."""
    named: dict[str, int] = {}
    monkeypatch.setattr(others, "count_holders", lambda sha256: named.get(sha256, 0))
    return named


@pytest.fixture
def cast(host: InProcessHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    return Cast(host)


def imported(cast: Cast, content: bytes) -> tuple[str, str, str]:
    """The job, its sheet and its report."""
    about = sheets.store(content, "csv")
    job = cast.bureau("registry.import_organisations", file=about, mode="valid_rows")["job_id"]
    cast.host.settle()
    report = cast.bureau("registry.get_job", job_id=job)["result"]["report"]
    return job, about["sha256"], report["sha256"]


def exported(cast: Cast) -> str:
    job = cast.bureau("registry.export_organisations", format="csv")["job_id"]
    cast.host.settle()
    return str(cast.bureau("registry.get_job", job_id=job)["result"]["file"]["sha256"])


def is_there(sha256: str) -> bool:
    return files.read(files.open_store(), district=DISTRICT, sha256=sha256, limit=2**20) is not None


def age(cast: Cast, days: float, **only: Any) -> None:
    with cast.host.executors["registry"].sessions.begin() as session:
        ended = clock.system_now() - timedelta(days=days)
        session.execute(update(Job).filter_by(**only).values(finished_at=ended))


def turn(cast: Cast) -> None:
    """The hourly task, and the job it queues."""
    executor = cast.host.executors["registry"]
    with executor.system_session("ask_for_dropping", DISTRICT) as session:
        SHEETS.ask_for_dropping(session, now=clock.system_now())
        SHEETS.ask_for_dropping(session, now=clock.system_now())  # queues it once
        assert len(session.scalars(select(Job).where(Job.name == "drop_bulk_files", Job.status == "queued")).all()) < 2
    cast.host.settle()


def test_sheet_report_and_export_go_when_their_time_is_over(cast: Cast, elsewhere: dict[str, int]) -> None:
    _, sheet, report = imported(cast, as_csv([ZH, filed(1)]))
    export = exported(cast)
    age(cast, 6.9)
    turn(cast)
    assert [is_there(one) for one in (sheet, report, export)] == [True] * 3
    age(cast, 7.1)
    turn(cast)
    assert [is_there(one) for one in (sheet, report, export)] == [False] * 3
    turn(cast)  # nothing is due any more
    with cast.host.executors["registry"].sessions() as session:
        rows = session.scalars(select(Job.result).where(Job.name == "drop_bulk_files")).all()
    assert rows == [{"dropped": 3, "kept": 0}]


def test_the_days_are_a_setting(cast: Cast, elsewhere: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    _, sheet, _ = imported(cast, as_csv([ZH, filed(1)]))
    age(cast, 2)
    monkeypatch.setenv("BULK_FILE_DAYS", "3")
    turn(cast)
    assert is_there(sheet)
    monkeypatch.setenv("BULK_FILE_DAYS", "1")
    turn(cast)
    assert not is_there(sheet)


def test_a_sheet_that_is_evidence_or_of_another_job_stays(cast: Cast, elsewhere: dict[str, int]) -> None:
    _, here, _ = imported(cast, as_csv([ZH, filed(1)]))
    _, there, _ = imported(cast, as_csv([ZH, filed(2)]))
    old, again, _ = imported(cast, as_csv([ZH, filed(3)]))
    young, _, _ = imported(cast, as_csv([ZH, filed(3)]))
    organisation = cast.organisation("甲社")["organisation_id"]
    today = clock.day_of(clock.system_now())
    with cast.host.executors["registry"].sessions.begin() as session:
        facts: dict[str, Any] = {"organisation_id": organisation, "planned_on": today, "topic": "督导"}
        held = cast.street("registry.plan_visit", **{**facts, "planned_on": today.isoformat()})
        session.get_one(Visit, held["visit_id"]).evidence = [{"sha256": here, "size": 1, "media_type": "text/csv"}]
    elsewhere[there] = 1
    age(cast, 8)
    age(cast, 1, id=young)
    turn(cast)
    assert [is_there(one) for one in (here, there, again)] == [True] * 3
    age(cast, 8, id=young)
    turn(cast)
    assert not is_there(again)
    assert old != young


def test_while_another_service_is_away_nothing_is_deleted(
    cast: Cast, elsewhere: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(sha256: str) -> int:
        raise others.AwayError

    _, sheet, _ = imported(cast, as_csv([ZH, filed(1)]))
    age(cast, 8)
    with monkeypatch.context() as patch:
        patch.setattr(others, "count_holders", away)
        turn(cast)
    assert is_there(sheet)
    with cast.host.executors["registry"].sessions.begin() as session:
        session.execute(update(Job).where(Job.name == "drop_bulk_files").values(lease_until=None))
    turn(cast)
    assert not is_there(sheet)
