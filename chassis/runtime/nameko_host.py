"""The host on Nameko 2.14.1 and RabbitMQ: one service per process, stock wire format."""

from __future__ import annotations

import signal
from collections.abc import Callable
from typing import Any

import eventlet
from eventlet.event import Event
from eventlet.patcher import is_monkey_patched
from nameko.exceptions import deserialize_to_instance
from nameko.extensions import register_entrypoint
from nameko.runners import ServiceRunner

from chassis import config, db, heap, logging, tokens
from chassis.runtime import retention, topology
from chassis.runtime.execute import Executor
from chassis.runtime.fast_calls import FastCall
from chassis.runtime.nameko_entrypoints import EventBatches, EventQueue, ParkQueue, Ticker
from chassis.runtime.outlet import Outlet
from chassis.runtime.service import Service
from chassis.runtime.stock_calls import Call
from chassis.runtime.wire import ServiceError

log = logging.get(__name__)
deserialize_to_instance(ServiceError)  # stock Nameko clients in a process of ours get it back as itself


def nameko_class(service: Service) -> type:
    """A Nameko service class whose methods delegate to the executor; built from the service's words."""
    members: dict[str, Any] = {"name": service.name}
    call = {"fast": FastCall, "stock": Call}[config.RPC_PATH.get()]
    for operation in service.operations:
        members[operation.name] = _method(operation.name, call())
    for event, name in service.handlers().items():
        members[name] = _method(name, _event_queue(service, event))
    members["park_"] = _method("park_", ParkQueue(queue=topology.park_queue(service.name), prefetch=1))
    members["tick_"] = _method("tick_", Ticker())
    return type(service.cls.__name__, (), members)


def _event_queue(service: Service, event: str) -> EventQueue:
    """Of a handler of many events at once the next lot comes while one is worked off."""
    queue, together = topology.event_queue(service, event), service.together(event)
    if together > 1:
        return EventBatches(queue=queue, event=event, prefetch=2 * together, together=together)
    return EventQueue(queue=queue, event=event, prefetch=1 if service.single_consumer else 0)


def _method(name: str, entrypoint: Any) -> Callable[..., Any]:
    def method(self: Any, work: Callable[[], Any]) -> Any:
        return work()

    method.__name__ = method.__qualname__ = name
    register_entrypoint(method, entrypoint)
    return method


def make_executor(service: Service, verifier: tokens.Verifier | None) -> Executor:
    engine = db.make_engine(db.database_url(service.database_name))
    return Executor(service, db.make_sessions(engine), verifier)


def serve(service: Service) -> int:
    """Run until SIGTERM or SIGINT, then drain; returns the exit code."""
    if not is_monkey_patched("socket"):
        raise RuntimeError("import chassis.runtime.main before anything else: it makes sockets green")
    retention.check()
    uri = topology.any_order(config.AMQP_URI.get())
    settings: dict[str, Any] = {
        "AMQP_URI": uri,
        "HEARTBEAT": config.HEARTBEAT.get(),
        "max_workers": config.WORKERS.get(),
        "executor": make_executor(service, tokens.verifier()),
        "replies": Outlet(uri, confirm=False),
        "outlet": Outlet(uri, confirm=True),
    }
    runner = ServiceRunner(settings)
    runner.add_service(nameko_class(service))
    return _run(runner, service)


def _run(runner: ServiceRunner, service: Service) -> int:
    ended, started = Event(), Event()
    hub = eventlet.hubs.get_hub()

    def ask_to_stop(number: int, frame: object) -> None:
        hub.schedule_call_global(0, lambda: None if ended.ready() else ended.send(0))

    def live() -> None:
        code = 1
        try:
            runner.start()
            heap.settle()
            started.send()
            log.info("serving", service=service.name)
            runner.wait()
            code = 0
        except Exception:
            log.exception("service_died", service=service.name)
        if not ended.ready():
            ended.send(code)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    eventlet.spawn(live)
    code = int(ended.wait())
    if code == 0 and started.ready():  # else it never consumed anything
        code = _drain(runner)
    log.info("stopped", service=service.name, code=code)
    return code


def _drain(runner: ServiceRunner) -> int:
    """Finish what was begun; what does not end in time is redelivered to somebody else."""
    log.info("draining")
    limit = config.DRAIN_LIMIT.get() - 3
    try:
        with eventlet.Timeout(limit, TimeoutError()):
            runner.stop()
    except TimeoutError:
        log.error("drain_timed_out", seconds=limit)
        return 1
    return 0
