"""What a supervisor that was killed left running: found in its state file, ended by exact identity."""

from __future__ import annotations

import fcntl
import os
import signal
from pathlib import Path

from deploy.local.layout import Layout
from deploy.local.processes import Known, end, known_from, read_json, send, wait_until
from deploy.local.servers import Say

GRACE_SECONDS = 15


class LockedError(Exception):
    """Another supervisor holds this data folder."""


def hold_lock(layout: Layout) -> int:
    """One supervisor per data folder. The system lets go of the lock when the process ends, however it ends."""
    layout.make()
    handle = os.open(layout.var / "supervisor.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        raise LockedError(str(layout.var)) from error
    return handle


def is_locked(layout: Layout) -> bool:
    if not layout.var.exists():
        return False
    try:
        os.close(hold_lock(layout))
    except LockedError:
        return True
    return False


def recorded_processes(state_file: Path) -> list[Known]:
    """Supervised processes that still run. Servers are not among them: the next start re-uses those."""
    records = read_json(state_file).get("processes", [])
    found = [known_from(record) for record in records]
    return [known for known in found if known and known.alive()]


def end_leftovers(layout: Layout, *, say: Say) -> int:
    """Ends them; how many there were. To be called with the lock held."""
    found = recorded_processes(layout.state)
    if found:
        say(f"清理上次遗留的 {len(found)} 个进程 ending {len(found)} processes a killed supervisor left")
    for known in found:
        send(known, signal.SIGTERM)
    wait_until(lambda: not any(known.alive() for known in found), seconds=GRACE_SECONDS)
    for known in found:
        end(known, seconds=0)
    layout.state.unlink(missing_ok=True)
    return len(found)
