"""The in-process host keeps the seam's promises."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from chassis.errors import FootprintError
from tests.runtime.behaviours import SeamBehaviours
from tests.runtime.world import InProcess, World, headers

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made = InProcess()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _few_retries(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_RETRY_LIMIT", "1")


class TestInProcessHost(SeamBehaviours):
    """Everything in one process."""

    def test_a_defect_is_raised_as_it_is(self, world: World) -> None:
        """Tests want the traceback; on the bus it becomes internal_error."""
        with pytest.raises(ZeroDivisionError):
            world.call("break_down", headers())

    def test_no_foreseen_error_is_a_defect(self) -> None:
        assert not issubclass(ZeroDivisionError, FootprintError)
