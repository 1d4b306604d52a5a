"""The cures of BUS.md that calls need, on both paths; each with its control on stock Nameko's ways."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chassis.errors import ConflictError, InternalError, UnavailableError
from chassis.runtime import topology, wire
from chassis.runtime.client import RpcClient
from chassis.runtime.names import RPC_EXCHANGE
from tests.runtime.cures import Place, database_away, holds, tapped, with_and_without
from tests.runtime.demo import KILLED
from tests.runtime.wiretap import REJECT
from tests.runtime.world import ROOT, command_id, counters, effects, headers

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]
Settings = dict[str, str]


@with_and_without("F3", slow=True)
def test_a_broker_away_when_a_call_ends_costs_the_reply_only(place: Place, settings: Settings, cured: bool) -> None:
    """F3: and even the reply comes, after the redelivery, as long as the caller waits."""
    with tapped() as (wire, uri):
        process = place.serve(**settings, AMQP_URI=uri, DEMO_MISHAP="holds_calls")
        before = counters(place)
        with place.asking("make_counter", headers(key=command_id())) as answer:
            place.eventually(lambda: '"held"' in place.log("serve"))
            wire.cut()
            if cured:  # else a reply could still be written to a wire that nobody knows to be dead
                place.eventually(lambda: "broker_away" in place.log("serve"))
            place.go.touch()
            if not cured:
                assert process.wait(60) == 1
                wire.mend()
                place.serve(RPC_PATH="stock")
            else:
                place.eventually(lambda: "reply_lost" in place.log("serve"))
                wire.mend()
                place.eventually(place.served)
                assert process.poll() is None
            assert answer.result(60)["value"] == 0
        assert counters(place) == before + 1


@with_and_without("F6")
def test_sigterm_answers_the_calls_in_work(place: Place, settings: Settings, cured: bool) -> None:
    """F6: and acknowledges them, so that nobody carries them out again."""
    place.serve(**settings, DEMO_MISHAP="holds_calls")
    before = counters(place)
    with place.asking("make_counter", headers()) as answer:
        place.eventually(lambda: '"held"' in place.log("serve"))
        with ThreadPoolExecutor(1) as pool:
            stopping = pool.submit(place.stop, "serve")
            place.eventually(lambda: '"draining"' in place.log("serve"))
            assert holds(lambda: not stopping.done(), seconds=1.2)
            place.go.touch()
            assert stopping.result() == 0
        assert answer.result(60)["value"] == 0
    assert counters(place) == before + 1
    assert place.calls_waiting() == (0 if cured else 1)


@with_and_without("F8")
def test_a_redelivered_command_has_one_effect_and_its_reply(place: Place, settings: Settings, cured: bool) -> None:
    """F8: killed between commit and reply; the broker gives the request to the next process."""
    process = place.serve(**settings, DEMO_MISHAP="dies_after_commit")
    before = counters(place)
    with place.asking("make_counter", headers(key=command_id())) as answer:
        assert process.wait(60) == KILLED
        assert counters(place) == before + 1
        place.serve(**settings)
        assert answer.result(60)["value"] == 0
    assert counters(place) == before + (1 if cured else 2)


@with_and_without("F10")
def test_a_database_away_is_an_answer_not_the_end(place: Place, settings: Settings, cured: bool) -> None:
    """F10: nothing is injected that can fail; the engine connects inside the method."""
    process = place.serve(**settings)
    with database_away(place), pytest.raises(UnavailableError) as caught:
        place.client.call(place.name, "sleep_in_database", {"seconds": 0.0}, headers(), timeout=30 if cured else 3)
    if cured:
        assert caught.value.code == "service_unavailable"
        assert process.poll() is None
        assert place.call("sleep_in_database", headers(), seconds=0.0) == {"slept": 0.0}
    else:
        assert process.wait(60) == 1


@with_and_without("F11")
def test_only_known_headers_reach_the_executor(place: Place, settings: Settings, cured: bool) -> None:
    """F11, inwards: what is not on the list stops at the wire and cannot go downstream."""
    place.serve(**settings, DEMO_MISHAP="shows_headers")
    trace = f"00-{'a' * 32}-{'b' * 16}-01"
    sent = {"authorization": headers()["authorization"], "traceparent": trace, "street": "370211009", "secret": "s"}
    place.raw_call("get_counter", {f"nameko.{name}": value for name, value in sent.items()} | {"x-other": "o"})
    (line,) = [line for line in place.log("serve").splitlines() if '"called"' in line]
    assert ('"authorization street trace_id"' in line) == cured
    assert ("secret" in line and "x-other" in line) == (not cured)


@pytest.mark.parametrize("cured", [True, False], ids=["with the cure", "without it"])
def test_only_known_headers_leave_with_a_call(place: Place, monkeypatch: pytest.MonkeyPatch, cured: bool) -> None:
    """F11, outwards: seen by a second queue that gets a copy of every call."""
    if not cured:
        monkeypatch.setattr(wire, "message_headers", lambda found: {f"nameko.{name}": found[name] for name in found})
    seen: list[dict[str, Any]] = []
    with topology.connection(place.uri) as conn, conn.channel() as channel:
        copies = channel.queue_declare("", exclusive=True).queue
        channel.queue_bind(copies, RPC_EXCHANGE, routing_key=f"{place.name}.*")
        channel.basic_consume(copies, no_ack=True, callback=lambda message: seen.append(message.headers))
        sent = {"authorization": "t", "trace_id": "a" * 32, "secret": "s"}
        with pytest.raises(UnavailableError):  # nobody answers
            place.client.call(place.name, "get_counter", {}, sent, timeout=0.3)
        conn.drain_events(timeout=60)
    assert ("nameko.secret" in seen[0]) == (not cured)
    assert set(seen[0]) - {"nameko.secret", "nameko.trace_id"} <= {"nameko.authorization", "nameko.traceparent"}


@with_and_without("F17")
def test_an_error_crosses_with_its_code_and_typed_details(place: Place, settings: Settings, cured: bool) -> None:
    """F17: stock Nameko sends the class's path and texts; another process cannot tell what was refused."""
    place.serve(**settings)
    sent = headers()
    counter = place.call("make_counter", sent)["counter_id"]
    with pytest.raises(ConflictError if cured else InternalError) as caught:
        place.call("raise_counter", sent, counter_id=counter, by=101)
    assert (caught.value.to_wire()["details"] == {"value": 0, "by": 101}) == cured


@with_and_without("F20")
def test_a_call_that_had_not_begun_is_left_to_somebody_else(place: Place, settings: Settings, cured: bool) -> None:
    """F20: the only worker is busy; the waiting call goes back by nack, or was answered, and is rejected by nobody."""
    with tapped() as (wire, uri):
        place.serve(**settings, AMQP_URI=uri, FOOTPRINT_WORKERS="1")
        busy = place.send(seconds=1.5)
        place.eventually(lambda: place.deliveries(busy) == 1)
        with place.asking("make_counter", headers(key=command_id())) as answer:
            assert holds(lambda: place.calls_waiting() == 0, seconds=0.3)
            assert place.stop("serve") == 0
            assert (REJECT in wire.heard) == (not cured)
            assert effects(place, "raised", busy) == 1
            place.serve(RPC_PATH=settings["RPC_PATH"])
            assert answer.result(60)["value"] == 0


def test_a_caller_stops_waiting_at_its_deadline_and_its_request_goes(place: Place) -> None:
    """F7: nobody serves; the queue takes the request all the same."""
    client = RpcClient(place.uri)
    with pytest.raises(UnavailableError) as caught:
        client.call(place.name, "get_counter", {}, headers(), timeout=0.4)
    assert caught.value.code == "deadline_exceeded"
    place.eventually(lambda: place.calls_waiting() == 0)
    client.close()


def test_a_stock_caller_waits_for_ever(place: Place) -> None:
    """F7, the control: Nameko's own proxy in the same situation, twice our deadline and more."""
    script = (
        "import sys, warnings; warnings.simplefilter('ignore')\n"
        "from nameko.standalone.rpc import ServiceRpcProxy\n"
        "with ServiceRpcProxy(sys.argv[2], {'AMQP_URI': sys.argv[1]}) as service: service.get_counter()"
    )
    process = subprocess.Popen([sys.executable, "-c", script, topology.bus_uri(place.uri), place.name], cwd=ROOT)
    try:
        place.eventually(lambda: place.calls_waiting() == 1)
        assert holds(lambda: process.poll() is None and place.calls_waiting() == 1, seconds=1.0)
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("path", ["fast", "stock"])
def test_a_call_longer_than_the_handlers_limit_is_answered(place: Place, path: str) -> None:
    """F7, the callee's side: the limit is an Exception, so an answer and not the end of a greenlet.

    In the middle of a query psycopg2 makes it a lost connection; the caller is to try again either way.
    """
    process = place.serve(RPC_PATH=path, HANDLER_LIMIT_SECONDS="0.5")
    with pytest.raises(UnavailableError):
        place.client.call(place.name, "sleep_in_database", {"seconds": 30.0}, headers(), timeout=20)
    assert process.poll() is None
    assert place.call("sleep_in_database", headers(), seconds=0.0) == {"slept": 0.0}
