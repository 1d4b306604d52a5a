"""A process is replaced without a gap: its successor works before it is told to go."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from deploy.local import readiness, renewal
from deploy.local.processes import birth, choose_ports, wait_until
from deploy.local.renewal import Ground, RenewalError, renew, renew_workers
from deploy.local.supervisor import Replica, Spec, Supervisor

SLEEPER = (sys.executable, "-c", "import time; time.sleep(60)")
FAILS_THE_SECOND_TIME = """
import pathlib, sys, time
mark = pathlib.Path(sys.argv[1])
if mark.exists(): sys.exit(3)
mark.touch()
time.sleep(60)
"""
GROUND = Ground(amqp_uri="", database_url="", queues={"projects": ["park.projects", "projects.on_award_made"]})
APP = """
async def app(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
        await send({"type": "http.response.body", "body": b"ok"})
"""


def played(story: Callable[[Supervisor], Awaitable[None]], folder: Path) -> None:
    async def whole() -> None:
        supervisor = Supervisor(logs=folder, grace=5)
        try:
            await story(supervisor)
        finally:
            await supervisor.stop()

    asyncio.run(whole())


def pids(supervisor: Supervisor) -> list[int]:
    return [row["pid"] for row in supervisor.rows() if row["pid"]]


async def until_there(supervisor: Supervisor, count: int) -> list[int]:
    while len(pids(supervisor)) < count:
        await asyncio.sleep(0.02)
    return pids(supervisor)


def test_the_old_process_goes_only_when_the_new_one_consumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker counts the new one late; until then both live."""
    consuming = 1
    asked: list[list[str]] = []

    def fewest(amqp_uri: str, queues: list[str]) -> int:
        asked.append(queues)
        return consuming

    monkeypatch.setattr(readiness, "fewest_consumers", fewest)

    async def story(supervisor: Supervisor) -> None:
        nonlocal consuming
        supervisor.start(Spec(name="projects", argv=SLEEPER))
        (old,) = await until_there(supervisor, 1)
        renewing = asyncio.create_task(renew(supervisor, "projects", GROUND))
        both = await until_there(supervisor, 2)
        await asyncio.sleep(1.3)
        assert pids(supervisor) == both
        assert not renewing.done()
        consuming = 2
        await renewing
        (new,) = pids(supervisor)
        assert new != old
        assert birth(old) is None
        assert asked[0] == ["park.projects"]

    played(story, tmp_path)


def test_a_successor_that_does_not_come_up_leaves_the_old_one_in_place(tmp_path: Path) -> None:
    async def story(supervisor: Supervisor) -> None:
        argv = (sys.executable, "-c", FAILS_THE_SECOND_TIME, str(tmp_path / "mark"))
        supervisor.start(Spec(name="notify-jobs", argv=argv))
        before = await until_there(supervisor, 1)
        while not (tmp_path / "mark").exists():
            await asyncio.sleep(0.02)
        with pytest.raises(RenewalError, match="notify-jobs"):
            await renew(supervisor, "notify-jobs", GROUND)
        assert pids(supervisor) == before

    played(story, tmp_path)


def test_every_replica_is_replaced_and_their_number_kept(tmp_path: Path) -> None:
    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="notify-jobs", argv=SLEEPER, replicas=2))
        before = await until_there(supervisor, 2)
        await renew(supervisor, "notify-jobs", GROUND)
        after = pids(supervisor)
        assert len(after) == 2
        assert not set(after) & set(before)
        assert sorted(row["name"] for row in supervisor.rows()) == ["notify-jobs", "notify-jobs.2"]

    played(story, tmp_path)


def test_an_unknown_process_is_named_with_those_there_are(tmp_path: Path) -> None:
    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="registry", argv=SLEEPER))
        with pytest.raises(RenewalError, match="registry"):
            await renew(supervisor, "nobody", GROUND)

    played(story, tmp_path)


class Master:
    """What :func:`renew_workers` needs of a replica."""

    name = "gateway"

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def tell(self, number: int) -> None:
        os.kill(self._process.pid, number)


def test_a_gateways_workers_are_renewed_while_every_request_is_answered(tmp_path: Path) -> None:
    (tmp_path / "tiny.py").write_text(APP)
    (port,) = choose_ports(None)
    control = tmp_path / "g.sock"
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    argv = [gunicorn, "-k", "asgi", "-b", f"127.0.0.1:{port}", "--control-socket", str(control), "tiny:app"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(argv, cwd=tmp_path, stdout=log, stderr=log)
    over = threading.Event()
    answers: list[int] = []

    def ask() -> None:
        while not over.is_set():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=60) as reply:
                answers.append(reply.status)

    asking = threading.Thread(target=ask)
    try:
        assert wait_until(lambda: readiness.page_answers(port), seconds=30)
        before = set(renewal._workers(control))
        asking.start()
        renew_workers(Master(process), control)  # type: ignore[arg-type]
        after = set(renewal._workers(control))
    finally:
        over.set()
        process.terminate()
        process.wait(30)
    asking.join(30)
    assert len(after) == len(before) == 1
    assert after != before
    assert len(answers) > 10
    assert set(answers) == {200}


def test_the_supervisor_keeps_a_successor_alive(tmp_path: Path) -> None:
    """It is one of the replicas from then on: restarted when it dies."""

    async def story(supervisor: Supervisor) -> None:
        supervisor.start(Spec(name="notify-jobs", argv=SLEEPER))
        await until_there(supervisor, 1)
        await renew(supervisor, "notify-jobs", GROUND)
        (replica,) = supervisor.replicas("notify-jobs")
        assert isinstance(replica, Replica)
        assert replica.pid is not None
        old = replica.pid
        os.kill(old, 9)
        while replica.pid in (None, old):
            await asyncio.sleep(0.02)

    played(story, tmp_path)
