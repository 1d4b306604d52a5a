"""A health check that fails says no; it does not fall over."""

from __future__ import annotations

from typing import NoReturn

import pytest
from amqp import ConnectionForced
from sqlalchemy import MetaData

from chassis.runtime import health
from chassis.runtime.service import Service


class Nothing:
    """A service without words."""


def test_a_broker_that_hangs_up_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang_up(*_: object) -> NoReturn:
        raise ConnectionForced("CONNECTION_FORCED - broker shuts down")

    monkeypatch.setattr(health, "missing_consumers", hang_up)
    assert health.healthy(Service(name="nothing", cls=Nothing, metadata=(MetaData(),))) is False
