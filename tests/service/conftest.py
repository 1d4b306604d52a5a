"""Every service test also proves that what a gateway may have kept is never changed in silence."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.service.shown import Guard, guarded


@pytest.fixture(autouse=True)
def shown(monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    with guarded(monkeypatch) as guard:
        yield guard
