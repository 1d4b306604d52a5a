"""`./run restart <process>`: a new process is ready before the old one is told to go, so that no request is lost."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from gunicorn.ctl.protocol import ControlProtocol, ProtocolError, make_request

from deploy.local import readiness
from deploy.local.processes import wait_until
from deploy.local.supervisor import Replica, Supervisor

READY_SECONDS = 60.0
RPC, PARKING = "rpc-", "park."
# Its own grace is 25 s (plan.py, --graceful-timeout).
GONE_SECONDS = 40.0


class RenewalError(Exception):
    """Not restarted; what ran before still runs. The text is for the operator."""


@dataclass(frozen=True, kw_only=True)
class Ground:
    """What processes stand on: by it one sees that a new one works."""

    amqp_uri: str
    database_url: str
    queues: Mapping[str, list[str]]

    def at_work(self, name: str) -> int | None:
        """How many processes of that name are; ``None`` where only their being alive can be seen (jobs).

        Asked of the queues for calls and for parking: those of events are consumed in the same turn as the latter,
        and one with a single active consumer counts no other.
        """
        asked = [queue for queue in self.queues.get(name, []) if queue.startswith((RPC, PARKING))]
        if asked:
            return readiness.fewest_consumers(self.amqp_uri, asked)
        return readiness.sessions(self.database_url, name) if name.endswith("-relay") else None


async def renew(supervisor: Supervisor, name: str, ground: Ground) -> None:
    """Replaces every replica of a process, one after the other. Raises :class:`RenewalError`."""
    specs = {spec.name: spec for spec in supervisor.specs}
    spec = specs.get(name)
    if spec is None:
        raise RenewalError(f"没有这个进程 no such process: {name}. 可选 There are: {', '.join(specs)}")
    for replica in supervisor.replicas(name):
        if spec.renewal == "workers" and spec.control is not None:
            await asyncio.to_thread(renew_workers, replica, spec.control)
        elif spec.renewal == "alone":
            await supervisor.retire(replica)
            supervisor.begin_successor(replica)
        else:
            await _overlap(supervisor, replica, ground)


async def _overlap(supervisor: Supervisor, replica: Replica, ground: Ground) -> None:
    successor = supervisor.begin_successor(replica)
    wanted = len(supervisor.replicas(replica.spec.name))
    limit = time.monotonic() + READY_SECONDS
    while True:
        working = await asyncio.to_thread(ground.at_work, replica.spec.name)
        if successor.settled and (working is None or working >= wanted):
            break
        if successor.restarts or time.monotonic() > limit:
            await supervisor.retire(successor)
            raise RenewalError(f"新进程未就绪 the new {replica.name} does not come up: ./run logs {replica.name}")
        await asyncio.sleep(0.1)
    await supervisor.retire(replica)


def renew_workers(master: Replica, control: Path) -> None:
    """Gunicorn's workers: one more, and when that one beats, the oldest goes; until all are new.

    Its own reload tells the old workers to go while the new ones are still importing. The listening socket is the
    master's and stays, so a connection always finds somebody; an answered keep-alive connection is told to close.
    """
    for old in _workers(control):
        known = _workers(control)
        master.tell(signal.SIGTTIN)
        came = wait_until(partial(_has_a_beating_one, control, known), seconds=READY_SECONDS)
        master.tell(signal.SIGTTOU)
        if not came:
            raise RenewalError(f"新的网关进程未就绪 no new worker comes up: ./run logs {master.name}")
        wait_until(lambda pid=old: pid not in _workers(control), seconds=GONE_SECONDS)  # type: ignore[misc]


def _workers(control: Path) -> dict[int, float]:
    """Pid → seconds since its last beat, over the control socket, which is away for an instant at each fork."""
    for _ in range(50):
        with contextlib.suppress(OSError, ProtocolError), socket.socket(socket.AF_UNIX) as link:
            link.settimeout(5)
            link.connect(str(control))
            ControlProtocol.write_message(link, make_request(1, "show workers", []))
            found = ControlProtocol.read_message(link)["data"]["workers"]
            return {worker["pid"]: worker["last_heartbeat"] for worker in found}
        time.sleep(0.1)
    raise RenewalError(f"gunicorn 无应答 does not answer: {control}")


def _has_a_beating_one(control: Path, known: Collection[int]) -> bool:
    """A worker beats once it listens; before, its file's time is of another clock and the age negative."""
    return any(age is not None and age >= 0 for pid, age in _workers(control).items() if pid not in known)
