"""Forks demo processes whose imports are done: a start costs a fork, not two seconds.

One JSON object a line on standard input, one JSON value a line back: ``{"command", "log", "settings"}`` → pid,
``{"poll": pid}`` → exit code or null. At the end of the input every child that still lives is killed.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import sys
import traceback
from typing import Any

from chassis.runtime.main import main  # first: it makes sockets green
from tests.runtime.demo.service import SERVICE

# isort: split
from chassis import config
from chassis.runtime import nameko_host, topology
from tests.runtime.demo import mishaps, without

_IMPORTED = (nameko_host,)


def be_born(request: dict[str, Any]) -> None:
    """The child's whole life."""
    code = 1
    try:
        with open(os.devnull) as nothing, open(request["log"], "wb") as log:
            os.dup2(nothing.fileno(), 0)
            os.dup2(log.fileno(), 1)
            os.dup2(log.fileno(), 2)
        os.environ.update(request["settings"])
        if request["command"] == "declare":
            topology.declare(config.AMQP_URI.get(), SERVICE)
            code = 0
        else:
            without.take_out(os.environ.get("DEMO_WITHOUT", ""))
            mishaps.prepare(os.environ.get("DEMO_MISHAP", ""))
            sys.argv = ["demo", request["command"]]
            main(SERVICE)
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def keep() -> None:
    """The parent: serves requests until its input ends."""
    children: set[int] = set()
    for line in sys.stdin:
        request = json.loads(line)
        answer: int | None = None
        if "poll" in request:
            pid, status = os.waitpid(request["poll"], os.WNOHANG)
            if pid:
                children.discard(pid)
                answer = os.waitstatus_to_exitcode(status)
        else:
            answer = os.fork()
            if answer == 0:
                be_born(request)
            children.add(answer)
        print(json.dumps(answer), flush=True)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    keep()
