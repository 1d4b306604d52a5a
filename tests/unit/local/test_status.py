"""What `./run status` may call ready: seen now, servers included."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from deploy.local.district import District
from deploy.local.layout import Layout
from deploy.local.progress import Progress
from deploy.local.supervisor import Supervisor


class DummyServer:
    kind = "dummy"
    url = "amqp://127.0.0.1:1/"

    def __init__(self, *, lives: bool) -> None:
        self._lives = lives
        self.pids: list[int] = []

    def start(self) -> None:
        return None

    def alive(self) -> bool:
        return self._lives

    def stop(self) -> None:
        return None


def status(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, broker_lives: bool, phase: str) -> dict[str, Any]:
    looks: list[str] = []

    async def look(_self: District) -> None:
        looks.append("look")

    monkeypatch.setattr(District, "look", look)
    monkeypatch.setattr(Supervisor, "all_ready", True)
    layout = Layout(root=tmp_path, var=tmp_path / "var")

    async def whole() -> dict[str, Any]:
        district = District(layout=layout, progress=Progress())
        district.phase = phase
        district.broker, district.database = DummyServer(lives=broker_lives), DummyServer(lives=True)
        return await anext(district.answer({"command": "status"}))

    found = asyncio.run(whole())
    assert len(looks) == (1 if phase == "serving" else 0)
    return found


def test_ready_is_what_a_look_just_now_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(tmp_path, monkeypatch, broker_lives=True, phase="serving")["ready"] is True


def test_a_dead_server_is_never_called_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = status(tmp_path, monkeypatch, broker_lives=False, phase="serving")
    assert found["ready"] is False
    assert [server["alive"] for server in found["servers"]] == [False, True]


def test_a_district_still_coming_up_is_not_ready(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert status(tmp_path, monkeypatch, broker_lives=True, phase="starting")["ready"] is False
