"""Keeps processes alive: start, restart with back-off, replicas, logs, SIGTERM with a grace, then SIGKILL.

It knows nothing of the district; plan.py says which processes there are.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from deploy.local.logs import rotate
from deploy.local.processes import birth, family_mib

GRACE_SECONDS = 35.0
FIRST_DELAY = 0.2
LONGEST_DELAY = 10.0
# A process that lived this long was not failing to start: its back-off begins anew.
STEADY_SECONDS = 10.0
# A process that dies at start does so within its imports; before this age it does not count as up.
SETTLED_SECONDS = 1.0


@dataclass(frozen=True, kw_only=True)
class Spec:
    """One kind of process. `wave`: lower waves are stopped first (gateways before what they call).

    `renewal`: how it is restarted. `overlap`: a new one beside the old; `workers`: by its master, over `control`;
    `alone`: it holds a port or the like, so the old one goes first.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    replicas: int = 1
    scalable: bool = False
    wave: int = 1
    renewal: Literal["overlap", "workers", "alone"] = "overlap"
    control: Path | None = None


def restart_delay(failures: int) -> float:
    """Seconds before the next start: 0.2, 0.4, 0.8 … 10, by how often it failed in a row (from 1)."""
    return float(min(FIRST_DELAY * 2 ** max(0, failures - 1), LONGEST_DELAY))


class Replica:
    """One running copy of a spec, kept alive until it is told to stop."""

    def __init__(self, *, spec: Spec, index: int, log: Path, changed: Callable[[], None]) -> None:
        self.spec = spec
        self.index = index
        self.restarts = 0
        self.started_at = 0.0
        self.last_exit: int | None = None
        self._log = log
        self._changed = changed
        self._stopping = asyncio.Event()
        self._process: asyncio.subprocess.Process | None = None
        self._birth: str | None = None
        self._task = asyncio.create_task(self._keep(), name=self.name)

    @property
    def name(self) -> str:
        return self.spec.name if self.index == 1 else f"{self.spec.name}.{self.index}"

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process and process.returncode is None else None

    @property
    def settled(self) -> bool:
        return self.pid is not None and time.time() - self.started_at >= SETTLED_SECONDS

    async def _spawn(self) -> asyncio.subprocess.Process:
        # Appending straight to the file, not through us: a service's log survives its supervisor.
        with self._log.open("ab") as out:
            process = await asyncio.create_subprocess_exec(
                *self.spec.argv,
                env=dict(self.spec.env),
                cwd=self.spec.cwd,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._process, self._birth, self.started_at = process, birth(process.pid), time.time()
        self._changed()
        return process

    async def _keep(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                process = await self._spawn()
                if self._stopping.is_set():
                    # Told to stop while it was being started: that signal had nobody to reach yet.
                    self._signal(signal.SIGTERM)
                self.last_exit = await process.wait()
            except OSError as error:
                self._note(f"无法启动 cannot start: {error}")
                self.last_exit = 127
            self._changed()
            if self._stopping.is_set():
                return
            failures = 1 if time.time() - self.started_at >= STEADY_SECONDS else failures + 1
            self.restarts += 1
            delay = restart_delay(failures)
            self._note(f"{self.name} 退出 ended ({self.last_exit})，{delay:.1f} s 后重启 restarting")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), delay)

    def _note(self, text: str) -> None:
        with self._log.open("a") as out:
            out.write(f"[supervisor] {text}\n")

    def _signal(self, number: int, *, group: bool = False) -> None:
        pid = self.pid
        if pid is None:
            return
        with contextlib.suppress(ProcessLookupError):
            # start_new_session made the pid its own group's leader; SIGKILL must take the workers along.
            os.killpg(pid, number) if group else os.kill(pid, number)

    def tell(self, number: int) -> None:
        """A signal to the process itself."""
        self._signal(number)

    async def stop(self, *, grace: float) -> None:
        self._stopping.set()
        self._signal(signal.SIGTERM)
        done, _ = await asyncio.wait({self._task}, timeout=grace)
        if not done:
            self._note(f"{self.name} 未在 {grace:.0f} s 内退出 did not end in time: SIGKILL")
            self._signal(signal.SIGKILL, group=True)
            await asyncio.wait({self._task}, timeout=5)

    def row(self, *, ready: bool) -> dict[str, Any]:
        pid = self.pid
        return {
            "name": self.name,
            "spec": self.spec.name,
            "pid": pid,
            "started": self._birth if pid else None,
            "started_at": self.started_at,
            "restarts": self.restarts,
            "last_exit": self.last_exit,
            "ready": bool(ready and self.settled),
        }


class Supervisor:
    def __init__(self, *, logs: Path, changed: Callable[[], None] = lambda: None, grace: float = GRACE_SECONDS) -> None:
        self._logs = logs
        self._changed = changed
        self._grace = grace
        self._specs: dict[str, Spec] = {}
        self._replicas: dict[str, list[Replica]] = {}
        self._ready: dict[str, bool] = {}

    @property
    def specs(self) -> list[Spec]:
        return list(self._specs.values())

    def log_of(self, name: str) -> Path:
        return self._logs / f"{name}.log"

    def start(self, spec: Spec) -> None:
        self._specs[spec.name] = spec
        self._replicas.setdefault(spec.name, [])
        self._ready.setdefault(spec.name, False)
        self._grow(spec, spec.replicas)

    def _grow(self, spec: Spec, count: int) -> None:
        held = self._replicas[spec.name]
        for index in range(len(held) + 1, count + 1):
            name = spec.name if index == 1 else f"{spec.name}.{index}"
            held.append(Replica(spec=spec, index=index, log=self.log_of(name), changed=self._changed))

    async def scale(self, *, name: str, count: int) -> None:
        """Raises ValueError, whose text is for the operator."""
        spec = self._specs.get(name)
        if spec is None or not spec.scalable:
            scalable = ", ".join(each.name for each in self.specs if each.scalable)
            raise ValueError(f"不可扩缩 cannot be scaled: {name}. 可选 Can be: {scalable}")
        if not 1 <= count <= 32:
            raise ValueError("副本数为 1 至 32。 The number of replicas is 1 to 32.")
        self._grow(spec, count)
        held = self._replicas[name]
        surplus = held[count:]
        del held[count:]
        await asyncio.gather(*(replica.stop(grace=self._grace) for replica in surplus))
        self._changed()

    def replicas(self, name: str) -> list[Replica]:
        return list(self._replicas[name])

    def begin_successor(self, replica: Replica) -> Replica:
        """A second process in the place of the first, which goes on; the log is the same."""
        made = Replica(spec=replica.spec, index=replica.index, log=self.log_of(replica.name), changed=self._changed)
        self._replicas[replica.spec.name].append(made)
        return made

    async def retire(self, replica: Replica) -> None:
        self._replicas[replica.spec.name].remove(replica)
        await replica.stop(grace=self._grace)
        self._changed()

    def set_ready(self, *, name: str, ready: bool) -> None:
        if self._ready.get(name) != ready:
            self._ready[name] = ready
            self._changed()

    @property
    def all_ready(self) -> bool:
        rows = self.rows()
        return bool(rows) and all(row["ready"] for row in rows)

    def rows(self) -> list[dict[str, Any]]:
        return [replica.row(ready=self._ready[name]) for name, held in self._replicas.items() for replica in held]

    def rows_with_memory(self) -> list[dict[str, Any]]:
        return [row | {"rss_mib": family_mib(row["pid"]) if row["pid"] else 0.0} for row in self.rows()]

    def rotate_logs(self) -> None:
        for row in self.rows():
            rotate(self.log_of(row["name"]))

    async def stop(self) -> None:
        """Wave after wave; within one all are told at once."""
        for wave in sorted({spec.wave for spec in self.specs}):
            replicas = [each for name, held in self._replicas.items() for each in held]
            in_wave = [each for each in replicas if each.spec.wave == wave]
            await asyncio.gather(*(each.stop(grace=self._grace) for each in in_wave))
        self._changed()
