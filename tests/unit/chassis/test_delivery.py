"""The policy after a failure: wait, retry, park."""

from __future__ import annotations

from typing import Any

import psycopg2
import pytest
from sqlalchemy.exc import OperationalError

from chassis import clock, ids
from chassis.codes import ChassisCode
from chassis.errors import ConflictError, UnavailableError
from chassis.events import Envelope
from chassis.runtime import delivery, parking
from chassis.runtime.delivery import PoisonError, judge
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.parking import Letter


def letter(**headers: Any) -> Letter:
    return Letter(queue="x.on_y", headers=headers, body=b"{}", message_id="m")


def test_a_failing_event_waits_longer_each_time_and_is_parked_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_RETRY_LIMIT", "5")
    message, tiers = letter(), []
    while (verdict := judge(RuntimeError("no"), message)).word == "retry":
        tiers.append(verdict.tier)
        message = letter(**(verdict.headers or {}))
    assert tiers == ["1s", "5s", "30s", "5m", "30m"]
    assert verdict.word == "park"
    assert (verdict.headers or {})[parking.ERROR] == "RuntimeError: no"


def test_a_refusal_of_the_domain_is_retried_too() -> None:
    """Out of order, what refuses an event now may accept it in a second."""
    assert judge(ConflictError(ChassisCode.ROW_STALE), letter()).word == "retry"


def test_poison_is_parked_at_once() -> None:
    assert judge(PoisonError("bad"), letter()).word == "park"


@pytest.mark.parametrize(
    "error",
    [
        UnavailableError(ChassisCode.SERVICE_UNAVAILABLE),
        OperationalError("SELECT 1", {}, psycopg2.OperationalError("connection to server failed")),
        OperationalError("SELECT 1", {}, psycopg2.OperationalError("FATAL:  the database system is starting up")),
        OperationalError("SELECT 1", {}, psycopg2.OperationalError("gone"), connection_invalidated=True),
    ],
)
def test_an_outage_costs_no_attempt(error: Exception) -> None:
    verdict = judge(error, letter(**{parking.ATTEMPT: 99}))
    assert (verdict.word, verdict.tier) == ("retry", delivery.OUTAGE_TIER)
    assert (verdict.headers or {})[parking.ATTEMPT] == 99


def test_what_is_sent_on_carries_nobody_elses_deaths() -> None:
    verdict = judge(RuntimeError(), letter(**{"x-death": [1], "x-first-death-queue": "q", "cloudEvents_id": "e"}))
    assert verdict.headers == {"cloudEvents_id": "e", parking.ATTEMPT: 1}


@pytest.mark.parametrize("attempt", ["many", None, [1], 1.5])
def test_a_forged_attempt_counts_as_none(attempt: object) -> None:
    assert letter(**{parking.ATTEMPT: attempt}).attempt == 0


def test_only_the_first_line_of_an_error_is_kept() -> None:
    """Later lines of a database error quote the row, and rows hold personal data."""
    kept = parking.error_headers(ValueError("duplicate key\nDETAIL: Key (email)=(a@b.c)"), queue="q")[parking.ERROR]
    assert kept == "ValueError: duplicate key"


def _fails() -> BaseException:
    try:
        raise KeyError("x")
    except KeyError as error:
        return error


def test_the_same_defect_has_the_same_fingerprint_in_the_same_queue_only() -> None:
    first = parking.error_headers(_fails(), queue="a")[parking.FINGERPRINT]
    assert parking.error_headers(_fails(), queue="a")[parking.FINGERPRINT] == first
    assert parking.error_headers(_fails(), queue="b")[parking.FINGERPRINT] != first


def test_the_jitter_stays_below_the_tier() -> None:
    for tier, seconds in delivery.SECONDS.items():
        assert 0 < delivery.jitter_ms(tier) <= seconds * 1000


def test_an_event_of_a_later_cloudevents_version_is_poison() -> None:
    headers = an_envelope().to_headers()
    known = Letter(queue="x.on_y", headers=headers, body=b"{}")
    assert delivery.open_letter(ANY_EVENT, known).name == "thing_done"
    later = Letter(queue="x.on_y", headers=headers | {"cloudEvents_specversion": "2.0"}, body=b"{}")
    with pytest.raises(PoisonError, match=r"CloudEvents 2\.0"):
        delivery.open_letter(ANY_EVENT, later)


def an_envelope() -> Envelope:
    return Envelope(
        id=ids.new_id("evt"),
        name="thing_done",
        source="thing",
        subject="thing-1",
        subject_version=1,
        district_code="370211",
        occurred_at=clock.system_now(),
    )
