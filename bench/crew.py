"""The measured processes: started with a log each, known by pid, ended by pid."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

from deploy.local.layout import ROOT
from deploy.local.processes import last_lines
from deploy.local.servers import ServerError

START_SECONDS = 40
STOP_SECONDS = 20


def python(*arguments: str) -> tuple[str, ...]:
    """A command line of our own interpreter."""
    return (sys.executable, "-m", *arguments)


@dataclass
class Crew:
    """A context: whatever it started ends with the block."""

    logs: Path
    env: dict[str, str]
    _running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def __enter__(self) -> Crew:
        self.logs.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        limit = time.monotonic() + STOP_SECONDS
        for process in self._running.values():
            try:
                process.wait(max(limit - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start(self, name: str, command: Sequence[str], **env: str) -> int:
        """Its pid; the log is var/bench/log/<name>.log."""
        with self.log(name).open("wb") as log:
            self._running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env | {"FOOTPRINT_PROCESS": name} | env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return self._running[name].pid

    def stop(self, name: str) -> None:
        process = self._running.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)

    def pid(self, name: str) -> int:
        return self._running[name].pid

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def until(self, name: str, ready: Callable[[], bool]) -> None:
        """Wait for a process's own readiness; raises ServerError with its last words."""
        limit = time.monotonic() + START_SECONDS
        while not ready():
            ended = self._running[name].poll() is not None
            if ended or time.monotonic() > limit:
                tail = "\n".join(f"    {line}" for line in last_lines(self.log(name), count=15))
                raise ServerError(f"{name} 未就绪 did not become ready\n{tail}")
            time.sleep(0.1)
