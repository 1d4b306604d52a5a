"""The parent's end of a load process."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Any

from bench.crew import python
from bench.profile import Profiler
from deploy.local.layout import ROOT
from deploy.local.servers import ServerError


class Agent:
    """A context: the load process lives as long as the block, and its imports cost no cell."""

    def __init__(self, env: dict[str, str], log: Path, profiler: Profiler | None = None) -> None:
        self._env = env
        self._log = log
        self._profiler = profiler

    def __enter__(self) -> Agent:
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                python("bench.load"),
                cwd=ROOT,
                env=self._env,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def pid(self) -> int:
        return self._process.pid

    def ask(self, kind: str, **job: Any) -> dict[str, Any]:
        """Play one job and wait for its result; raises ServerError where it could not be played."""
        samplers = []
        if self._profiler and job.get("watch"):
            name = f"{job.get('operation') or job.get('method')} {job.get('name', '')} {job['callers']}"
            samplers = self._profiler.start(name, job["watch"], seconds=job["seconds"] + job["warm"])
        try:
            return self._played(kind, job)
        finally:
            for sampler in samplers:
                sampler.wait(30)

    def _played(self, kind: str, job: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"kind": kind, **job}).encode() + b"\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        result: dict[str, Any] = json.loads(line) if line else {"failed": f"it ended: {self._log}"}
        if "failed" in result:
            raise ServerError(f"负载进程 load process: {result['failed']}")
        return result
