"""A session that ends in the registry is refused by every service within seconds; by the gateway at once."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from chassis import config, revocations
from chassis.errors import UnauthenticatedError
from chassis.runtime.inprocess import InProcessHost
from services.registry.bootstrap import seed
from tests import kit
from tests.kit import DISTRICT
from tests.service.registry.cast import PASSWORD, Cast

OTHERS = {"projects": "list_rounds", "resources": "list_offers", "notify": "list_messages"}


@pytest.fixture
def district() -> InProcessHost:
    """All four, every event delivered twice."""
    host = kit.make_host("registry", "projects", "resources", "notify")
    with host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        seed(session, district_code=DISTRICT)
    return host


class Clock:
    """Seconds that pass when told."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def with_clock(host: InProcessHost, clock: Clock) -> None:
    for executor in host.executors.values():
        executor.revoked = revocations.Revocations(executor.readers, now=clock)


def call(host: InProcessHost, service: str, method: str, token: str) -> Any:
    return host.call(service, method, {}, {"authorization": token})


def test_every_service_refuses_an_ended_session_within_the_bound(district: InProcessHost) -> None:
    clock, cast = Clock(), Cast(district)
    with_clock(district, clock)
    cast.account("bureau", "everywhere")
    signed_in = cast.public("registry.sign_in", login="everywhere", password=PASSWORD)
    token = signed_in["access_token"]
    asked = {"registry": "get_me", **OTHERS}
    for service, method in asked.items():
        call(district, service, method, token)
    call(district, "registry", "sign_out", token)
    district.settle()
    clock.now += config.REVOCATION_SECONDS.get() + 0.01
    for service, method in asked.items():
        with pytest.raises(UnauthenticatedError, match="token_revoked"):
            call(district, service, method, token)
    other = cast.public("registry.sign_in", login="everywhere", password=PASSWORD)["access_token"]
    for service, method in asked.items():
        call(district, service, method, other)


def test_the_rows_are_read_once_in_the_interval_and_at_the_first_call(district: InProcessHost) -> None:
    clock, executor = Clock(), district.executors["registry"]
    made = revocations.Revocations(executor.readers, now=clock)
    who = kit.actor("bureau", session_id="ses_1")
    with executor.sessions.begin() as session:
        revocations.note(session, "ses_1")
        revocations.note(session, "ses_1")
    with pytest.raises(UnauthenticatedError):
        made.check(who)
    with executor.sessions.begin() as session:
        revocations.note(session, "ses_2")
    other = kit.actor("bureau", session_id="ses_2")
    made.check(other)
    clock.now += config.REVOCATION_SECONDS.get()
    with pytest.raises(UnauthenticatedError):
        made.check(other)
    made.check(kit.actor("bureau"))


def test_an_outage_of_the_database_is_no_welcome(district: InProcessHost, monkeypatch: pytest.MonkeyPatch) -> None:
    """What cannot be known is not taken for "not revoked", and is asked again at the next call."""
    executor, clock = district.executors["registry"], Clock()
    made = revocations.Revocations(executor.readers, now=clock)
    made.check(kit.actor("bureau", session_id="ses_1"))
    clock.now += config.REVOCATION_SECONDS.get()
    with monkeypatch.context() as broken:
        broken.setattr(revocations, "current", lambda session, now: session.execute(text("SELECT broken")))
        for _ in range(2):
            with pytest.raises(Exception, match="broken"):
                made.check(kit.actor("bureau", session_id="ses_1"))
    made.check(kit.actor("bureau", session_id="ses_1"))
