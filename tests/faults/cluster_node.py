"""One RabbitMQ node of a cluster, in a network namespace of its own, that can be killed and started on its data."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.processes import wait_until
from deploy.local.rabbit_node import DEAD_LETTERING, Installation
from deploy.local.servers import ServerError, with_log
from tests.faults.cluster_net import Network

START_SECONDS = 180
USER = "footprint"
# Silent peers are given up after 7.5 to 12.5 s (the default takes a minute), so that a partition of 30 s is noticed and
# one of 10 s mostly is not.
TICK_SECONDS = 10
ERLANG_ARGUMENTS = "+sbwt none +sbwtdcpu none +sbwtdio none +S 2:2 -kernel inet_dist_use_interface {{{address}}} "
ERLANG_ARGUMENTS += DEAD_LETTERING


@dataclass
class ClusterNode:
    """``password`` and ``cookie`` are the cluster's."""

    installation: Installation
    network: Network
    number: int
    folder: Path
    password: str
    cookie: str
    _children: dict[str, subprocess.Popen[bytes]] = field(init=False, default_factory=dict)

    @property
    def name(self) -> str:
        """A long name with an address: nothing has to be resolved."""
        return f"footprint@{self.network.peer_address(self.number)}"

    @property
    def uri(self) -> str:
        return f"amqp://{USER}:{self.password}@{self.network.client_address(self.number)}:5672/"

    @property
    def log(self) -> Path:
        return self.folder / "node.log"

    def prepare(self) -> None:
        for folder in (self.folder / "home", self.folder / "data"):
            folder.mkdir(parents=True, exist_ok=True)
        cookie = self.folder / "home" / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text(self.cookie)
            cookie.chmod(0o400)
        (self.folder / "rabbitmq.conf").write_text(self.configuration())
        (self.folder / "enabled_plugins").write_text("[].\n")

    def configuration(self) -> str:
        peers = [f"footprint@{self.network.peer_address(number)}" for number in self.network.numbers]
        formation = [f"cluster_formation.classic_config.nodes.{n} = {peer}" for n, peer in enumerate(peers, 1)]
        return "\n".join(
            (
                f"listeners.tcp.1 = {self.network.client_address(self.number)}:5672",
                f"default_user = {USER}",
                f"default_pass = {self.password}",
                "cluster_partition_handling = pause_minority",
                f"net_ticktime = {TICK_SECONDS}",
                "cluster_formation.peer_discovery_backend = classic_config",
                *formation,
                "cluster_formation.target_cluster_size_hint = 3",
                "heartbeat = 60",
                "disk_free_limit.absolute = 64MB",
                "vm_memory_high_watermark.relative = 0.3",
                "collect_statistics_interval = 30000",
                "raft.wal_max_size_bytes = 67108864",
                "log.file.level = info",
                "",
            )
        )

    def environment(self) -> dict[str, str]:
        address = self.network.peer_address(self.number)
        erlang = ERLANG_ARGUMENTS.format(address=address.replace(".", ","))
        return self.installation.environment() | {
            "HOME": str(self.folder / "home"),
            "ERL_CRASH_DUMP": str(self.folder / "erl_crash.dump"),
            "RUNNING_UNDER_SYSTEMD": "true",  # the script becomes the virtual machine: the pid is the node's own
            "RABBITMQ_USE_LONGNAME": "true",
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": "25672",
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "no-such-rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(self.folder / "no-such-advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(self.folder / "feature_flags"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_MNESIA_DIR": str(self.folder / "data" / "node"),
            "RABBITMQ_PID_FILE": str(self.folder / "node.pid"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_LOGS": str(self.log),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": erlang,
        }

    # life ---------------------------------------------------------------------------------------------------------

    def start(self, epmd: str) -> None:
        """Returns at once: nodes of a new cluster wait for each other. ``epmd`` is the program."""
        if "epmd" not in self._children:
            self._spawn("epmd", epmd)
        self._spawn("node", str(self.installation.script))

    def _spawn(self, what: str, *command: str) -> None:
        with (self.folder / f"{what}.out").open("ab") as out:
            self._children[what] = subprocess.Popen(
                [*self.network.inside(self.number), *command],
                env=self.environment(),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )

    def alive(self) -> bool:
        child = self._children.get("node")
        return child is not None and child.poll() is None

    def serves(self) -> bool:
        """Whether it answers an AMQP header; a paused node of a minority does not even listen."""
        try:
            with socket.create_connection((self.network.client_address(self.number), 5672), timeout=2) as link:
                link.settimeout(3)
                link.sendall(b"AMQP\x00\x00\x09\x01")
                return link.recv(1) == b"\x01"
        except OSError:
            return False

    def wait(self, seconds: float = START_SECONDS) -> None:
        if not wait_until(lambda: self.serves() or not self.alive(), seconds=seconds, every=0.2) or not self.alive():
            raise ServerError(with_log(f"{self.name} 未能启动。 {self.name} did not start.", log=self.log))

    def kill(self) -> None:
        child = self._children["node"]
        child.kill()
        child.wait(20)

    def stop(self) -> None:
        """The node, then its epmd, each by its pid."""
        for what in ("node", "epmd"):
            child = self._children.pop(what, None)
            if child is None or child.poll() is not None:
                continue
            os.kill(child.pid, signal.SIGTERM)
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait(5)

    def ask(self, expression: str, *, seconds: float = 30) -> str:
        """The value of an Erlang expression on this node, as text. Raises ServerError; about two seconds a call."""
        tool = self.installation.script.with_name("rabbitmqctl")
        control = [str(tool), "-q", "--longnames", "-n", self.name, "eval", expression]
        command = [*self.network.inside(self.number), *control]
        try:
            done = subprocess.run(
                command,
                env=self.environment(),
                cwd=self.folder,
                capture_output=True,
                text=True,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise ServerError(f"{self.name} 无应答。 {self.name} does not answer rabbitmqctl.") from error
        if done.returncode != 0:
            raise ServerError(f"rabbitmqctl eval: {(done.stderr or done.stdout).strip()[-600:]}")
        return done.stdout.strip()
