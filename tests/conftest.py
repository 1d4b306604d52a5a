"""Fixtures every kind of test shares."""

from __future__ import annotations

from collections.abc import Iterator
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
