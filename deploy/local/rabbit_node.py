"""A private RabbitMQ node below the data folder: own ports, name, cookie, epmd, configuration and logs."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.accounts import Accounts
from deploy.local.processes import (
    Known,
    choose_ports,
    end,
    known_from,
    read_json,
    recognise,
    write_json,
)
from deploy.local.servers import ServerError, with_log

START_SECONDS = 120
STOP_SECONDS = 30
# At-least-once dead lettering needs both; a node that was upgraded in place may lack them.
NEEDED_FLAGS = ("quorum_queue", "stream_queue")
# How long (ms) a retry tier waits to send a due message again whose queue was full: 3 minutes by default.
DEAD_LETTERING = "-rabbit dead_letter_worker_publisher_confirm_timeout 5000"
# Idle Erlang schedulers spin by default: on two cores that time belongs to the services.
ERLANG_ARGUMENTS = (
    f"+sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {{127,0,0,1}} {DEAD_LETTERING}"
)


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where RabbitMQ's server script is, and what an unpacked (not installed) copy needs to run."""

    script: Path
    path: tuple[Path, ...] = ()
    libraries: tuple[Path, ...] = ()

    def environment(self) -> dict[str, str]:
        made = dict(os.environ)
        made["PATH"] = os.pathsep.join([*map(str, self.path), made.get("PATH", os.defpath), "/usr/sbin", "/sbin"])
        if self.libraries:
            made["LD_LIBRARY_PATH"] = os.pathsep.join(map(str, self.libraries))
        return made


def configuration(*, port: int, user: str, password: str, definitions: Path | None = None) -> str:
    """rabbitmq.conf of a small machine: loopback only, modest memory and disk."""
    return "\n".join(
        (
            f"listeners.tcp.1 = 127.0.0.1:{port}",
            f"default_user = {user}",
            f"default_pass = {password}",
            "heartbeat = 60",
            "disk_free_limit.absolute = 64MB",
            "vm_memory_high_watermark.relative = 0.6",
            "collect_statistics_interval = 30000",
            "raft.wal_max_size_bytes = 67108864",
            "log.file.level = warning",
            "log.file.rotation.size = 10485760",
            "log.file.rotation.count = 3",
            *([f"load_definitions = {definitions}"] if definitions else []),
            "",
        )
    )


def greets(port: int) -> bool:
    """Whether an AMQP 0-9-1 broker answers our header with connection.start."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
            link.settimeout(5)
            link.sendall(b"AMQP\x00\x00\x09\x01")
            answer = link.recv(11)
    except OSError:
        return False
    return answer[:1] == b"\x01" and answer[7:11] == b"\x00\x0a\x00\x0a"


def missing_flags(text: str) -> list[str]:
    """Feature flags we need that the node's feature_flags file (an Erlang list of atoms) does not name."""
    enabled = {word.strip(" \n[].") for word in text.replace("\n", ",").split(",")}
    return [flag for flag in NEEDED_FLAGS if flag not in enabled]


@dataclass
class RabbitNode:
    installation: Installation
    home: Path
    log: Path
    kind: str = "私有节点 private node"
    accounts: Accounts | None = None
    _record: dict[str, Any] = field(init=False)
    # Once its address was given out, a restart must not move it.
    _settled: bool = field(init=False, default=False)
    # Those this process started: only their parent can take note of their end.
    _children: dict[str, subprocess.Popen[bytes]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._record = read_json(self._record_file)

    @property
    def _record_file(self) -> Path:
        return self.home / "node.json"

    @property
    def url(self) -> str:
        record = self._record
        return f"amqp://{record['user']}:{record['password']}@127.0.0.1:{record['port']}/"

    def url_of(self, user: str) -> str:
        password = self.accounts.password(user) if self.accounts else None
        return f"amqp://{user}:{password}@127.0.0.1:{self._record['port']}/" if password else self.url

    @property
    def pids(self) -> list[int]:
        return [known.pid for known in (self._known("node"), self._known("epmd")) if known and known.alive()]

    def _known(self, name: str) -> Known | None:
        return known_from(self._record.get(name))

    def alive(self) -> bool:
        node = self._known("node")
        return bool(node and node.alive())

    def start(self) -> None:
        """Re-uses the recorded node when it runs and answers; otherwise starts it on its old data."""
        if self.alive() and greets(self._record["port"]) and self._accounts_loaded():
            self._settled = True
            return
        self.stop()
        self._prepare()
        try:
            self._launch()
        except ServerError:
            # Another program may have taken a port between choosing and using it: once more, on others.
            self.stop()
            for name in () if self._settled else ("port", "epmd_port", "dist_port"):
                self._record.pop(name, None)
            self._prepare()
            self._launch()
        self._settled = True
        self._enable_flags()

    def _prepare(self) -> None:
        record = self._record
        wished = [record.get(name) for name in ("port", "epmd_port", "dist_port")]
        record["port"], record["epmd_port"], record["dist_port"] = choose_ports(*wished)
        record.setdefault("user", "footprint")
        record.setdefault("password", secrets.token_hex(16))
        for folder in (self.home / "data", self.home / "home", self.log.parent):
            folder.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        cookie = self.home / "home" / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text(secrets.token_hex(20))
            cookie.chmod(0o400)
        loaded = self._write_definitions()
        text = configuration(port=record["port"], user=record["user"], password=record["password"], definitions=loaded)
        (self.home / "rabbitmq.conf").write_text(text)
        (self.home / "enabled_plugins").write_text("[].\n")
        write_json(self._record_file, record)

    @property
    def _definitions_file(self) -> Path:
        return self.home / "definitions.json"

    def _definitions(self) -> str | None:
        if self.accounts is None:
            return None
        self.accounts.make()
        return self.accounts.definitions(administrator=(self._record["user"], self._record["password"]))

    def _accounts_loaded(self) -> bool:
        """Whether the running node was started with these accounts: it reads them at boot only."""
        wanted = self._definitions()
        return wanted is None or (self._definitions_file.exists() and self._definitions_file.read_text() == wanted)

    def _write_definitions(self) -> Path | None:
        text = self._definitions()
        if text is None:
            return None
        self._definitions_file.write_text(text)
        return self._definitions_file

    def environment(self) -> dict[str, str]:
        record, home = self._record, self.home
        return self.installation.environment() | {
            "HOME": str(home / "home"),
            "ERL_EPMD_PORT": str(record["epmd_port"]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP": str(home / "erl_crash.dump"),
            # Makes the script exec the virtual machine, so that the pid we hold is the node's own.
            "RUNNING_UNDER_SYSTEMD": "true",
            "RABBITMQ_NODENAME": "footprint@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(record["port"]),
            "RABBITMQ_DIST_PORT": str(record["dist_port"]),
            "RABBITMQ_CONF_ENV_FILE": str(home / "no-such-rabbitmq-env.conf"),
            "RABBITMQ_CONFIG_FILE": str(home / "rabbitmq.conf"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(home / "no-such-advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(home / "generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(home / "enabled_plugins"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(home / "feature_flags"),
            "RABBITMQ_MNESIA_BASE": str(home / "data"),
            "RABBITMQ_MNESIA_DIR": str(home / "data" / "node"),
            "RABBITMQ_PID_FILE": str(home / "node.pid"),
            "RABBITMQ_LOG_BASE": str(self.log.parent),
            "RABBITMQ_LOGS": str(self.log),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": ERLANG_ARGUMENTS,
        }

    def _spawn(self, name: str, *command: str) -> subprocess.Popen[bytes]:
        """Starts it in a session of its own: the terminal's Ctrl-C is for the supervisor to act on."""
        with self.log.with_suffix(".out").open("ab") as out:
            process = subprocess.Popen(
                command,
                env=self.environment(),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        self._children[name] = process
        known = recognise(process.pid)
        self._record[name] = known.as_json() if known else None
        write_json(self._record_file, self._record)
        return process

    def epmd(self) -> str | None:
        """The port mapper's program, which not every distribution puts on the path."""
        path = self.installation.environment()["PATH"]
        found = shutil.which("epmd", path=path)
        if found:
            return found
        erl = shutil.which("erl", path=path)
        root = Path(erl).resolve().parents[1] if erl else Path("/usr/lib/erlang")
        return next((str(each) for each in sorted(root.glob("erts-*/bin/epmd"))), None)

    def _launch(self) -> None:
        epmd = self.epmd()
        if epmd:
            self._spawn("epmd", epmd, "-address", "127.0.0.1", "-port", str(self._record["epmd_port"]))
        process = self._spawn("node", str(self.installation.script))
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit and process.poll() is None:
            if greets(self._record["port"]):
                return
            time.sleep(0.15)
        log = self.log if self.log.exists() else self.log.with_suffix(".out")
        raise ServerError(with_log("RabbitMQ 未能启动。 RabbitMQ did not start.", log=log))

    def _enable_flags(self) -> None:
        file = self.home / "feature_flags"
        if not missing_flags(file.read_text() if file.exists() else ""):
            return
        control = self.installation.script.with_name("rabbitmqctl")
        subprocess.run(
            [str(control), "enable_feature_flag", "all"],
            env=self.environment(),
            cwd=self.home,
            capture_output=True,
            timeout=60,
            check=False,
        )

    def stop(self) -> None:
        """The node first, then its epmd, each by its recorded pid."""
        for name, seconds in (("node", STOP_SECONDS), ("epmd", 2)):
            known = self._known(name)
            if known:
                end(known, seconds=seconds, first=signal.SIGTERM)
            if child := self._children.pop(name, None):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(1)
            self._record[name] = None
        if self._record_file.exists():
            write_json(self._record_file, self._record)
