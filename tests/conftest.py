"""Fixtures every kind of test shares."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import kit, shares

# How fast examples come says how busy the machine is, nothing about the rule.
settings.register_profile("footprint", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("footprint")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=shares.turn)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> shares.Shares:
    return shares.Shares(config, log)


@pytest.fixture(scope="session", autouse=True)
def _databases() -> Iterator[None]:
    yield
    kit.drop_databases()


@pytest.fixture(autouse=True)
def _demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may move the district clock."""
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Writes what the run came to where `./run test` reads it (deploy/local/second_look.py)."""
    path = os.environ.get("FOOTPRINT_TEST_OUTCOME")
    if path is None:
        return
    stats = terminalreporter.stats
    failed = [report.nodeid for word in ("failed", "error") for report in stats.get(word, [])]
    outcome = {
        "passed": len(stats.get("passed", [])),
        "skipped": len(stats.get("skipped", [])),
        "failed": list(dict.fromkeys(failed)),
    }
    Path(path).write_text(json.dumps(outcome))
