"""``python -m tests.faults.pair serve|relay``: a nursery that forks processes of the pair, each as if just started.

Importing Nameko and SQLAlchemy costs two seconds of processor; a round starts thirty processes. So one process imports
everything, opens nothing, and forks: a child has an identity, sockets and a life of its own, and can be killed alone.
The relays' nursery forks those of jobs too. Reads ``{"role", "command", "log", "env"}`` a line from standard input;
writes ``started <pid>`` and ``ended <pid> <code>``.
"""

# The true system calls, before eventlet replaces them: this process must never start an event loop of its own.
# isort: off
import ctypes
import json
import os
import signal
import sys
from os import WNOHANG, fork, read, waitpid, waitstatus_to_exitcode
from select import select

from chassis.runtime.main import main

from tests.faults.pair import mutations, watch
from tests.faults.pair.service import BY_ROLE

if sys.argv[1] == "serve":
    from chassis.runtime import nameko_host as nameko_host
else:
    from chassis.runtime import jobloop as jobloop
    from chassis.runtime import relay as relay
# isort: on

DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG


def become(order: dict[str, object]) -> None:
    """The child: its own log, settings, watch and mutation; then what the real command line does."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    os.setsid()
    if sys.argv[1] == "serve":
        from eventlet import hubs

        hubs.use_hub()  # an event loop made during imports has an epoll that all children would share
    handle = os.open(str(order["log"]), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (handle, 1), (handle, 2)):
        os.dup2(source, target)
    os.environ.update(dict(order["env"]))  # type: ignore[call-overload]
    watch.start()
    mutations.apply(mutations.chosen())
    sys.argv[1] = str(order["command"])
    main(BY_ROLE[str(order["role"])])


def reap() -> None:
    while True:
        try:
            pid, status = waitpid(-1, WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        print(f"ended {pid} {waitstatus_to_exitcode(status)}", flush=True)


def nurse() -> None:
    """Until standard input ends; the children end with us."""
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)  # a child may be armed before it listens
    waiting = b""
    while True:
        ready, _, _ = select([0], [], [], 0.05)
        if ready:
            data = read(0, 65536)
            if not data:
                return
            *lines, waiting = (waiting + data).split(b"\n")
            for line in lines:
                pid = fork()
                if pid == 0:
                    become(json.loads(line))
                print(f"started {pid}", flush=True)
        reap()


nurse()
