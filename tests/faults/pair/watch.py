"""What a process of the pair writes down for the suite, and how the suite arms a crash point in it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import Any

from chassis import crash, inbox
from chassis.runtime import jobrunner


def start() -> None:
    """Append each delivery and claim to its ledger; on SIGUSR1 read the crash point to arm from the control file."""
    ledger = os.open(os.environ["FAULTS_DELIVERIES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    control = Path(os.environ["FAULTS_CONTROL"])
    accept = inbox.accept

    def watched(session: Any, *, handler: str, event_id: str) -> bool:
        first = accept(session, handler=handler, event_id=event_id)
        os.write(ledger, f"{event_id} {handler} {os.getpid()} {'first' if first else 'again'}\n".encode())
        return first

    def rearm(number: int, frame: object) -> None:
        crash.arm(control.read_text())

    inbox.accept = watched
    _watch_claims()
    signal.signal(signal.SIGUSR1, rearm)
    crash.arm(control.read_text())  # it may have been written between our fork and this line


def _watch_claims() -> None:
    claims = os.open(os.environ["FAULTS_CLAIMS"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    claim = jobrunner._claim

    def watched(executor: Any) -> Any:
        run = claim(executor)
        if run is not None:
            os.write(claims, f"{run.job_id} {run.attempt} {os.getpid()} {time.time()}\n".encode())
        return run

    jobrunner._claim = watched
