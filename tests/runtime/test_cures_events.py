"""The cures of BUS.md that events need, each with its control: without the cure the same scenario fails."""

from __future__ import annotations

import pytest

from chassis.runtime.names import park_name
from tests.runtime.cures import Place, tapped, with_and_without_on_events
from tests.runtime.demo import KILLED
from tests.runtime.wiretap import NACK, REJECT
from tests.runtime.world import effects, parked

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]
Settings = dict[str, str]


@with_and_without_on_events("F1")
def test_a_handler_that_raises_loses_no_event(place: Place, settings: Settings, cured: bool) -> None:
    """F1: parked at once here, after no retry; the retries are SeamBehaviours' business."""
    place.serve(**settings, EVENT_RETRY_LIMIT="0")
    counter = place.send(mood="fail")
    place.eventually(lambda: place.deliveries(counter) == 1)
    assert place.stop("serve") == 0
    assert place.kept() == cured
    assert effects(place, "raised", counter) == 0


@with_and_without_on_events("F2")
def test_an_unreadable_body_is_kept(place: Place, settings: Settings, cured: bool) -> None:
    """F2: byte for byte."""
    body = b"\xff\xfe not json \x00"
    place.serve(**settings)
    place.send(body)
    noticed = "event_parked" if cured else "Can't decode message body"
    place.eventually(lambda: noticed in place.log("serve"))
    if cured:
        place.eventually(lambda: [row.body for row in parked(place)] == [body])
    assert place.stop("serve") == 0
    assert place.kept() == cured


@with_and_without_on_events("F4")
def test_an_ack_on_a_dead_socket_does_not_end_the_process(place: Place, settings: Settings, cured: bool) -> None:
    """F4: an OSError that amqp's own ConnectionError does not cover."""
    process = place.serve(**settings, DEMO_MISHAP="loses_the_wire_at_ack")
    counter = place.send()
    if not cured:
        assert process.wait(60) == 1
        return
    place.eventually(lambda: place.deliveries(counter) == 2)
    assert "settle_failed" in place.log("serve")
    assert place.stop("serve") == 0
    assert not place.kept()
    assert effects(place, "raised", counter) == 1


@with_and_without_on_events("F5", slow=True)
def test_cpu_work_does_not_starve_the_heartbeats(place: Place, settings: Settings, cured: bool) -> None:
    """F5: the broker gives a connection up after two silent heartbeats, and the event to somebody else."""
    place.serve(**settings, AMQP_HEARTBEAT_SECONDS="1")
    counter = place.send(mood="burn", seconds=3.5)
    if cured:
        place.eventually(lambda: effects(place, "raised", counter) == 1)
        assert place.stop("serve") == 0
        assert place.deliveries(counter) == 1
        assert not place.kept()
    else:
        place.eventually(lambda: place.deliveries(counter) == 2)


@with_and_without_on_events("F6")
def test_sigterm_lets_an_event_end_and_acknowledges_it(place: Place, settings: Settings, cured: bool) -> None:
    """F6: without draining every deployment delivers its events in work twice."""
    place.serve(**settings)
    counter = place.send(seconds=1.5)
    place.eventually(lambda: place.deliveries(counter) == 1)
    assert place.stop("serve") == 0
    assert effects(place, "raised", counter) == 1
    assert place.kept() == (not cured), "acknowledged before the connection closed"


@with_and_without_on_events("F9")
def test_a_process_killed_after_the_ack_has_committed(place: Place, settings: Settings, cured: bool) -> None:
    """F9: stock Nameko's ``worker_result`` runs after the ack; who commits there loses the effect."""
    process = place.serve(**settings, DEMO_MISHAP="dies_after_ack")
    counter = place.send()
    assert process.wait(60) == KILLED
    place.eventually(lambda: not place.kept())
    assert effects(place, "raised", counter) == (1 if cured else 0)


@with_and_without_on_events("F20")
def test_what_is_given_back_while_draining_is_nacked(place: Place, settings: Settings, cured: bool) -> None:
    """F20: a reject counts against the delivery limit of newer brokers, a nack does not.

    The only worker is busy with an event; a message for parking has been delivered and has not begun.
    """
    with tapped() as (wire, uri):
        place.serve(**settings, AMQP_URI=uri, FOOTPRINT_WORKERS="1")
        busy = place.send(seconds=1.0)
        place.eventually(lambda: place.deliveries(busy) == 1)
        place.publish(park_name(place.name), b"{}", content_type="application/json")
        place.eventually(lambda: place.waiting(park_name(place.name)) == 0)
        assert place.stop("serve") == 0
        assert effects(place, "raised", busy) == 1
        assert place.kept()
    assert (NACK in wire.heard, REJECT in wire.heard) == (cured, not cured)


def test_a_handler_that_runs_too_long_is_parked_and_not_taken_for_an_outage(place: Place) -> None:
    """F1: the limit comes in the middle of a query, where psycopg2 makes it a closed connection."""
    process = place.serve(HANDLER_LIMIT_SECONDS="0.5", EVENT_RETRY_LIMIT="0")
    counter = place.send(mood="doze", seconds=30.0)
    place.eventually(lambda: len(parked(place)) == 1)
    assert process.poll() is None
    assert effects(place, "raised", counter) == 0
