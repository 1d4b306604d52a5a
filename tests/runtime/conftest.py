"""One demo service for all tests of the cures: its processes come and go, its queues and its database stay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.runtime.cures import Place
from tests.runtime.world import broker_left_as_found


@pytest.fixture(scope="session")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with broker_left_as_found():
        made = Place(tmp_path_factory.mktemp("cures"))
        try:
            yield made
        finally:
            made.close()


@pytest.fixture
def place(_place: Place) -> Iterator[Place]:
    yield _place
    _place.end()
