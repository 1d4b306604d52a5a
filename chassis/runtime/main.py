"""The command line of a service: ``python -m services.<svc> serve|relay|jobs|migrate|revision|health|parked``.

This module must be the first import of ``services/<svc>/__main__.py``: it makes a serving process green.
"""

from __future__ import annotations

from chassis.runtime import green

green.patch()

import argparse  # noqa: E402
import inspect  # noqa: E402
import signal  # noqa: E402
import subprocess  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import NoReturn  # noqa: E402

from chassis import config, logging  # noqa: E402
from chassis.runtime.service import Service  # noqa: E402

Other = Service | Callable[..., int | None]
log = logging.get(__name__)


def main(service: Service, **others: Other) -> NoReturn:
    """Run the command named on the command line and exit.

    ``others`` are further commands: a :class:`Service` is served (``trail=TRAIL``), a function is called
    (``bootstrap=bootstrap``), with the word after the command where it takes one.
    """
    arguments = _parse(service, others)
    logging.configure()
    command = arguments.command
    code: int | None
    if command in COMMANDS:
        code = COMMANDS[command](_named(service, others, arguments.what) if command == "health" else service, arguments)
    else:
        other = others[command]
        code = _serve(other, arguments) if isinstance(other, Service) else _call(other, arguments)
    sys.exit(code or 0)


def _parse(service: Service, others: dict[str, Other]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"python -m services.{service.name}")
    parser.add_argument("command", choices=[*COMMANDS, *others])
    parser.add_argument(
        "what", nargs="?", default="", help="revision: its message; health: another's service; else the command's own"
    )
    parser.add_argument("rest", nargs=argparse.REMAINDER, help="parked: its own arguments; parked -h lists them")
    arguments = parser.parse_args()
    if arguments.rest and arguments.command != "parked":
        parser.error(f"unrecognized arguments: {' '.join(arguments.rest)}")
    arguments.beside = [other for other in others.values() if isinstance(other, Service)]
    return arguments


def _named(service: Service, others: dict[str, Other], name: str) -> Service:
    other = others.get(name, service)
    if not isinstance(other, Service):
        raise SystemExit(f"{name} is not served")
    return other


def _call(other: Callable[..., int | None], arguments: argparse.Namespace) -> int | None:
    return other(arguments.what) if inspect.signature(other).parameters else other()


def _serve(service: Service, arguments: argparse.Namespace) -> int:
    from chassis.runtime.nameko_host import serve

    return serve(service)


def _relay(service: Service, arguments: argparse.Namespace) -> None:
    from chassis.runtime import retention
    from chassis.runtime.relay import Relay

    retention.check()
    Relay(service, until_told()).run()


def _jobs(service: Service, arguments: argparse.Namespace) -> None:
    from chassis.runtime.jobloop import run_jobs

    run_jobs(service, until_told())


def _migrate(service: Service, arguments: argparse.Namespace) -> None:
    from chassis.runtime import migrate, topology

    migrate.migrate(service)
    for one in (service, *arguments.beside):
        topology.declare(config.AMQP_URI.get(), one)
    log.info("migrated", service=service.name)


def _revision(service: Service, arguments: argparse.Namespace) -> None:
    from chassis.runtime import migrate

    path = migrate.revision(service, arguments.what or "change")
    for tidy in (("check", "--fix"), ("format",)) if path else ():
        subprocess.run([sys.executable, "-m", "ruff", *tidy, "-q", str(path)], check=False)
    sys.stdout.write(f"{path or 'the models say nothing new'}\n")


def _health(service: Service, arguments: argparse.Namespace) -> int:
    from chassis.runtime.health import healthy

    return 0 if healthy(service) else 1


def _parked(service: Service, arguments: argparse.Namespace) -> int:
    from chassis.runtime.parked_tool import main as settle

    return settle(service, [*([arguments.what] if arguments.what else []), *arguments.rest])


def until_told() -> Callable[[], bool]:
    """Whether SIGTERM or SIGINT has come, for processes that work in short turns."""
    told = []

    def note(number: int, frame: object) -> None:
        told.append(number)
        log.info("stopping", at=time.monotonic())

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, note)
    return lambda: bool(told)


COMMANDS: dict[str, Callable[[Service, argparse.Namespace], int | None]] = {
    "serve": _serve,
    "relay": _relay,
    "jobs": _jobs,
    "migrate": _migrate,
    "revision": _revision,
    "health": _health,
    "parked": _parked,
}
