"""The cures of BUS.md around a process: confirms, logs, the entry point, the in-process host; each with its control."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import amqp
import pytest

from chassis.runtime.outlet import Outlet
from chassis.runtime.publisher import BrokerAwayError, Publisher
from tests.runtime.cures import Place, holds, tapped
from tests.runtime.wiretap import Wiretap
from tests.runtime.world import ROOT, InProcess, headers

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]
BOTH = pytest.mark.parametrize("cured", [True, False], ids=["with the cure", "without it"])


def ends(work: Callable[[], Any], wire: Wiretap, *, soon: bool) -> None:
    """``work`` runs on a wire that has fallen silent: with a limit it ends, without one the hang-up ends it."""
    thread = threading.Thread(target=work)
    thread.start()
    if soon:
        thread.join(10)
        assert not thread.is_alive()
    else:
        assert holds(thread.is_alive, seconds=1.0)
        wire.cut()
        thread.join(10)


@BOTH
def test_a_confirm_that_does_not_come_costs_the_limit(
    place: Place, monkeypatch: pytest.MonkeyPatch, cured: bool
) -> None:
    """F12: what is sent on to retry or parking; a second connection carries it."""
    monkeypatch.setenv("CONFIRM_LIMIT_SECONDS", "0.3")
    if not cured:
        publish = amqp.Channel.basic_publish_confirm

        def patient(self: Any, *args: Any, confirm_timeout: float, timeout: float, **kwargs: Any) -> Any:
            return publish(self, *args, **kwargs)

        monkeypatch.setattr(amqp.Channel, "basic_publish_confirm", patient)
    with tapped() as (wire, uri):
        outlet = Outlet(uri, confirm=True)
        outlet.publish("", place.queue, b"1", delivery_mode=2)
        wire.silence()
        sent: list[bool] = []

        def send() -> None:
            try:
                outlet.publish("", place.queue, b"2", delivery_mode=2)
            except Exception:
                sent.append(False)
            else:
                sent.append(True)

        ends(send, wire, soon=cured)
        assert sent == [cured]
        outlet.close()


@BOTH
def test_the_relay_does_not_wait_for_a_confirm_for_ever(
    place: Place, monkeypatch: pytest.MonkeyPatch, cured: bool
) -> None:
    """F12: a batch; the relay then reads it again and sends it on a new connection."""
    monkeypatch.setenv("CONFIRM_LIMIT_SECONDS", "0.3" if cured else "1000000")
    with tapped() as (wire, uri):
        publisher = Publisher(uri, stopping=lambda: False)
        publisher.publish([("1", "", place.queue, amqp.Message(b"1", message_id="1"), True)])
        wire.silence()
        said: list[str] = []

        def send() -> None:
            try:
                publisher.publish([("2", "", place.queue, amqp.Message(b"2", message_id="2"), True)])
            except BrokerAwayError as error:
                said.append(str(error))

        ends(send, wire, soon=cured)
        assert ("without a confirm" in said[0]) == cured
        publisher.close()


@BOTH
def test_the_log_says_why_a_container_died(place: Place, cured: bool) -> None:
    """F14: without the cure of F4 an ack kills the container, and Nameko says so at level critical."""
    out = "F4" if cured else "F4 F14"
    process = place.serve(RPC_PATH="stock", DEMO_WITHOUT=out, DEMO_MISHAP="loses_the_wire_at_ack")
    place.send()
    assert process.wait(60) == 1
    assert ("thread exited with error" in place.log("serve")) == cured


def python(script: str, **settings: str) -> subprocess.CompletedProcess[str]:
    argv = [sys.executable, "-W", "ignore", "-c", script]
    env = {"PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(argv, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


@BOTH
def test_a_service_starts_where_pkg_resources_is_absent(cured: bool) -> None:
    """F18: our own entry point on ServiceRunner; Nameko's command line imports it."""
    ours = "import chassis.runtime.main, chassis.runtime.nameko_host as host; print(host.ServiceRunner.__name__)"
    theirs = "import nameko.cli.main"
    reply = python(f"import sys; sys.modules['pkg_resources'] = None; {ours if cured else theirs}")
    assert (reply.returncode, reply.stdout.strip()) == ((0, "ServiceRunner") if cured else (1, "")), reply.stderr


STOCK_IN_MEMORY = """
import eventlet; eventlet.monkey_patch()
from nameko.containers import ServiceContainer
from nameko.rpc import rpc
from nameko.standalone.rpc import ServiceRpcProxy
class Echo:
    name = "echo"
    @rpc
    def echo(self): return 1
config = {"AMQP_URI": "memory://"}
def ask():
    with ServiceRpcProxy("echo", config, timeout=5) as service: service.echo()
container = ServiceContainer(Echo, config); container.start()
eventlet.spawn(ask)
with eventlet.Timeout(20): container.wait()
"""


def test_stock_nameko_dies_of_a_call_in_memory() -> None:
    """F19, the control."""
    reply = python(STOCK_IN_MEMORY)
    assert reply.returncode == 1
    assert "KeyError: 'content_type'" in reply.stderr


def test_the_in_process_host_answers_a_call_without_a_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    """F19: ours, with the service's own class and no kombu transport."""
    monkeypatch.setenv("AMQP_URI", "memory://")
    world = InProcess()
    try:
        assert json.dumps(world.call("make_counter", headers())["value"]) == "0"
    finally:
        world.close()
