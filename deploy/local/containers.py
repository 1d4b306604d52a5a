"""RabbitMQ in a Docker container: the last resort of a machine that has neither RabbitMQ nor apt."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from pathlib import Path

from deploy.local.processes import read_json, wait_until, write_json
from deploy.local.rabbit_node import DEAD_LETTERING, greets
from deploy.local.servers import ServerError

IMAGE = "rabbitmq:4"


def docker(*arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["docker", *arguments], capture_output=True, text=True, timeout=seconds, check=False)


def docker_answers() -> bool:
    try:
        return bool(shutil.which("docker")) and docker("info", seconds=15).returncode == 0
    except subprocess.TimeoutExpired:
        return False


class ContainerBroker:
    """One named container and one named volume per data folder; `down` stops it and keeps its data."""

    kind = f"容器 container {IMAGE}"
    pids: list[int] = []

    def __init__(self, *, name: str, home: Path) -> None:
        self._name = name
        self._file = home / "container.json"
        self._record = read_json(self._file)

    @property
    def url(self) -> str:
        return f"amqp://footprint:{self._record['password']}@127.0.0.1:{self._port()}/"

    def url_of(self, user: str) -> str:
        return self.url

    def _port(self) -> int:
        found = docker("port", self._name, "5672/tcp").stdout.strip().splitlines()
        return int(found[0].rpartition(":")[2]) if found else 0

    def alive(self) -> bool:
        return docker("inspect", "-f", "{{.State.Running}}", self._name).stdout.strip() == "true"

    def _create(self) -> subprocess.CompletedProcess[str]:
        self._record.setdefault("password", secrets.token_hex(16))
        write_json(self._file, self._record)
        return docker(
            *("run", "--detach", "--name", self._name, "--hostname", "footprint"),
            *("--publish", "127.0.0.1::5672", "--volume", f"{self._name}:/var/lib/rabbitmq"),
            *("--env", "RABBITMQ_DEFAULT_USER=footprint"),
            *("--env", f"RABBITMQ_DEFAULT_PASS={self._record['password']}"),
            *("--env", f"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS={DEAD_LETTERING}"),
            IMAGE,
            seconds=600,
        )

    def start(self) -> None:
        exists = docker("inspect", self._name).returncode == 0
        done = docker("start", self._name) if exists else self._create()
        if done.returncode != 0 or not wait_until(lambda: greets(self._port()), seconds=120, every=0.5):
            raise ServerError(f"docker: {done.stderr.strip() or 'RabbitMQ 未应答 does not answer'}")

    def stop(self) -> None:
        docker("stop", "--time", "30", self._name)
