"""Fixtures every kind of test shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import kit


@pytest.fixture(scope="session", autouse=True)
def _databases() -> Iterator[None]:
    yield
    kit.drop_databases()


@pytest.fixture(autouse=True)
def _demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests may move the district clock."""
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
