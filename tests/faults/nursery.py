"""Processes of the pair: forked by a warm parent, known by pid, killed and counted one by one."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Nursery:
    """A warm parent: of processes that serve, or of those that are plain Python (``relay``, ``jobs``)."""

    def __init__(self, command: str, env: Mapping[str, str], log: Path) -> None:
        self._lock = threading.Lock()
        self._started: queue.Queue[int] = queue.Queue()
        self._ended: dict[int, int] = {}
        with log.open("ab") as out:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.pair", command],
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=out,
                text=True,
            )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def spawn(self, role: str, command: str, *, env: Mapping[str, str], log: Path) -> int:
        """The pid of a new process."""
        with self._lock:
            assert self._parent.stdin is not None
            order = {"role": role, "command": command, "env": dict(env), "log": str(log)}
            self._parent.stdin.write(json.dumps(order) + "\n")
            self._parent.stdin.flush()
            return self._started.get(timeout=60)

    def code(self, pid: int) -> int | None:
        """The exit code of an ended process, negative for a signal; ``None`` while it lives."""
        return self._ended.get(pid)

    def close(self) -> None:
        """Ends every process of it."""
        if self._parent.stdin is not None:
            self._parent.stdin.close()
        self._parent.wait(20)
        self._reader.join(5)
        if self._parent.stdout is not None:
            self._parent.stdout.close()

    def _read(self) -> None:
        assert self._parent.stdout is not None
        for line in self._parent.stdout:
            word, *numbers = line.split()
            if word == "started":
                self._started.put(int(numbers[0]))
            elif word == "ended":
                self._ended[int(numbers[0])] = int(numbers[1])


@dataclass
class Slot:
    """A place for one process: ``front serve 2``, say. Whoever acts on its process holds the lock."""

    nursery: Nursery
    role: str
    command: str
    number: int
    folder: Path
    env: Mapping[str, str]
    pid: int = 0
    told: bool = False  # whether its end is our doing
    lock: threading.RLock = field(default_factory=threading.RLock)
    born_at: int = 0  # where its log began

    @property
    def name(self) -> str:
        return f"{self.role}-{self.command}-{self.number}"

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def control(self) -> Path:
        return self.folder / f"{self.name}.crash"

    def code(self) -> int | None:
        return self.nursery.code(self.pid) if self.pid else None

    def start(self) -> None:
        self.control.write_text("")
        self.born_at = self.log.stat().st_size if self.log.exists() else 0
        self.told = False
        extra = {"FAULTS_CONTROL": str(self.control), "FOOTPRINT_PROCESS": self.name}
        self.pid = self.nursery.spawn(self.role, self.command, env={**self.env, **extra}, log=self.log)

    def arm(self, point: str) -> None:
        """A crash point for the running process; empty text disarms."""
        with self.lock:
            self.control.write_text(point)
            self.send(signal.SIGUSR1)

    def send(self, number: int) -> None:
        """To a process that lives; its parent may not have told yet that it does not."""
        if self.pid and self.code() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def says(self, word: str) -> bool:
        """Whether the log of the present process has the event ``word``."""
        with self.log.open("rb") as file:
            file.seek(self.born_at)
            return re.search(rf'"event": ?"{word}"'.encode(), file.read()) is not None

    def ready(self) -> bool:
        return self.command != "serve" or (self.log.exists() and self.says("serving"))

    def wait_ready(self, seconds: float = 60) -> bool:
        limit = time.monotonic() + seconds
        while not self.ready():
            if time.monotonic() > limit:
                return False
            time.sleep(0.05)
        return True

    def end(self, number: int, seconds: float = 40) -> tuple[int | None, float]:
        """Send the signal and wait: the exit code (``None``: it still lives) and the seconds it took."""
        began = time.monotonic()
        self.told = True
        self.send(number)
        while self.code() is None and time.monotonic() < began + seconds:
            time.sleep(0.02)
        return self.code(), time.monotonic() - began
