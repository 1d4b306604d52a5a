"""A service as Nameko 2.14.1 itself makes one; run as a process by the interoperability tests. Argument: its name."""

from __future__ import annotations

import eventlet

eventlet.monkey_patch()

import os  # noqa: E402
import sys  # noqa: E402

from nameko.rpc import rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402


class Echo:
    """Answers what it is told."""

    name = sys.argv[1]

    @rpc
    def echo(self, value: object) -> object:
        return value

    @rpc
    def fail(self) -> None:
        raise ValueError("as stock services do")


if __name__ == "__main__":
    runner = ServiceRunner({"AMQP_URI": os.environ["AMQP_URI"]})
    runner.add_service(Echo)
    runner.start()
    print("serving", flush=True)
    runner.wait()
