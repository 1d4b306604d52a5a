"""The supervisor with dummy processes: restart, back-off, scale, down, logs."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from deploy.local import logs
from deploy.local.processes import birth
from deploy.local.supervisor import LONGEST_DELAY, Spec, Supervisor, restart_delay

SLEEPER = (sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)")
STUBBORN = (
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
)
FAILING = (sys.executable, "-c", "raise SystemExit(3)")


async def eventually(condition: Callable[[], object], *, seconds: float = 30) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "did not happen in time"
        await asyncio.sleep(0.02)


def played(story: Callable[[Supervisor], Awaitable[None]], *, folder: Path, grace: float = 5) -> None:
    """Runs a story against a supervisor and takes it down afterwards, whatever happened."""

    async def whole() -> None:
        supervisor = Supervisor(logs=folder, grace=grace)
        try:
            await story(supervisor)
        finally:
            await supervisor.stop()

    asyncio.run(whole())


def pids(supervisor: Supervisor) -> list[int]:
    return [row["pid"] for row in supervisor.rows() if row["pid"]]


def wrote(folder: Path, name: str, text: str) -> bool:
    log = folder / f"{name}.log"
    return log.exists() and text in log.read_text()


def test_a_killed_process_is_back_after_the_shortest_delay(tmp_path: Path) -> None:
    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="projects", argv=SLEEPER))
        await eventually(lambda: pids(supervisor))
        first = pids(supervisor)[0]
        os.kill(first, signal.SIGKILL)
        await eventually(lambda: pids(supervisor) not in ([], [first]))
        row = supervisor.rows()[0]
        assert row["restarts"] == 1
        assert row["last_exit"] == -signal.SIGKILL
        assert restart_delay(row["restarts"]) < 2  # how long a start takes says how busy the machine is

    played(story, folder=tmp_path)


def test_back_off_grows_and_is_bounded() -> None:
    delays = [restart_delay(failures) for failures in range(1, 12)]
    assert delays[:3] == [0.2, 0.4, 0.8]
    assert delays == sorted(delays)
    assert delays[-1] == LONGEST_DELAY


def test_a_process_that_keeps_failing_is_retried_ever_more_slowly(tmp_path: Path) -> None:
    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="failing", argv=FAILING))
        await asyncio.sleep(1.5)
        # 0.2 + 0.4 + 0.8: without back-off an interpreter that ends at once would have started dozens of times.
        assert 1 <= supervisor.rows()[0]["restarts"] <= 4
        assert not supervisor.all_ready

    played(story, folder=tmp_path)
    assert "restarting" in (tmp_path / "failing.log").read_text()


def test_a_command_that_does_not_exist_is_reported_in_its_log(tmp_path: Path) -> None:
    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="absent", argv=("/no/such/program",)))
        await eventually(lambda: wrote(tmp_path, "absent", "cannot start"))

    played(story, folder=tmp_path)


def test_scaling_up_adds_replicas_and_scaling_down_ends_the_last_ones(tmp_path: Path) -> None:
    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="projects", argv=SLEEPER, scalable=True))
        await supervisor.scale(name="projects", count=3)
        await eventually(lambda: len(pids(supervisor)) == 3)
        assert [row["name"] for row in supervisor.rows()] == ["projects", "projects.2", "projects.3"]
        kept, *others = pids(supervisor)
        await supervisor.scale(name="projects", count=1)
        assert pids(supervisor) == [kept]
        assert [birth(pid) for pid in others] == [None, None]

    played(story, folder=tmp_path)


@pytest.mark.parametrize(("name", "count"), [("gateway", 2), ("unknown", 2), ("projects", 0), ("projects", 33)])
def test_scaling_is_refused_with_a_reason(tmp_path: Path, name: str, count: int) -> None:
    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="projects", argv=SLEEPER, scalable=True))
        supervisor.start(Spec(name="gateway", argv=SLEEPER))
        with pytest.raises(ValueError, match=r"scaled|replicas"):
            await supervisor.scale(name=name, count=count)

    played(story, folder=tmp_path)


def test_down_ends_every_process_and_kills_one_that_ignores_sigterm(tmp_path: Path) -> None:
    seen: list[int] = []

    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="polite", argv=SLEEPER))
        supervisor.start(Spec(name="stubborn", argv=STUBBORN))
        await eventually(lambda: wrote(tmp_path, "polite", "up") and wrote(tmp_path, "stubborn", "up"))
        seen.extend(pids(supervisor))
        began = time.monotonic()
        await supervisor.stop()
        assert time.monotonic() - began < 30, "both would sleep for a minute"

    played(story, folder=tmp_path, grace=0.5)
    assert len(seen) == 2
    assert [birth(pid) for pid in seen] == [None, None]
    assert wrote(tmp_path, "stubborn", "SIGKILL")


def test_lower_waves_end_before_higher_ones_are_told(tmp_path: Path) -> None:
    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="gateway", argv=STUBBORN, wave=0))
        supervisor.start(Spec(name="projects", argv=SLEEPER, wave=1))
        await eventually(lambda: wrote(tmp_path, "gateway", "up") and wrote(tmp_path, "projects", "up"))
        stopping = asyncio.create_task(supervisor.stop())
        await asyncio.sleep(0.3)
        assert len(pids(supervisor)) == 2, "the service serves while its gateway drains"
        await stopping

    played(story, folder=tmp_path, grace=0.8)


def test_ready_needs_both_the_look_and_a_settled_process(tmp_path: Path) -> None:
    changes: list[bool] = []

    async def whole() -> None:
        supervisor = Supervisor(logs=tmp_path, changed=lambda: changes.append(True), grace=2)
        supervisor.start(Spec(name="projects", argv=SLEEPER))
        assert not supervisor.all_ready
        supervisor.set_ready(name="projects", ready=True)
        assert not supervisor.all_ready, "a process this young may still die of its imports"
        await eventually(lambda: supervisor.all_ready)
        assert supervisor.rows_with_memory()[0]["rss_mib"] > 1
        await supervisor.stop()

    asyncio.run(whole())
    assert changes


def test_a_grown_log_is_rotated_while_its_writer_goes_on(tmp_path: Path) -> None:
    log = tmp_path / "projects.log"
    with log.open("ab") as writer:
        writer.write(b"old\n" * 10)
        writer.flush()
        assert logs.rotate(log, limit=20)
        writer.write(b"new\n")
        writer.flush()
    assert log.read_text() == "new\n"
    assert (tmp_path / "projects.log.1").read_text() == "old\n" * 10
    assert not logs.rotate(log, limit=20)


def test_the_oldest_rotated_log_is_dropped(tmp_path: Path) -> None:
    log = tmp_path / "projects.log"
    for number in range(6):
        log.write_text(f"{number}" * 30)
        logs.rotate(log, limit=20, kept=3)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "projects.log",
        "projects.log.1",
        "projects.log.2",
        "projects.log.3",
    ]
    assert (tmp_path / "projects.log.1").read_text() == "5" * 30


def test_the_logs_of_a_process_are_those_of_all_its_replicas(tmp_path: Path) -> None:
    for name in ("projects", "projects.2", "projects-relay"):
        (tmp_path / f"{name}.log").write_text(f"of {name}\n")
    found = logs.chosen(tmp_path, process="projects")
    assert [log.stem for log in found] == ["projects", "projects.2"]
    assert [line.split("│")[1].strip() for line in logs.tail(found, count=5)] == ["of projects", "of projects.2"]


def test_the_story_runner_reports_failures(tmp_path: Path) -> None:
    async def story(_supervisor: Supervisor) -> None:
        await eventually(lambda: False, seconds=0.05)

    failing: Callable[[Supervisor], Coroutine[Any, Any, None]] = story
    with pytest.raises(AssertionError):
        played(failing, folder=tmp_path)
