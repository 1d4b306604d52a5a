"""A private PostgreSQL cluster: own folder, port and password; as root it runs under another user."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2

from deploy.local.processes import Known, choose_ports, end, known_from, read_json, recognise, write_json
from deploy.local.servers import ServerError, with_log

START_SECONDS = 60
STOP_SECONDS = 30
BASE_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Only for the tests' cluster, whose data are thrown away: an outage there may lose everything. Several workers and a
# district share it.
FORGETFUL_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "500",
}


@dataclass(frozen=True, kw_only=True)
class RunAs:
    """The user a server runs under; None in both means ourselves."""

    uid: int | None = None
    gid: int | None = None

    def options(self) -> dict[str, Any]:
        return {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def reaches(self, path: Path) -> bool:
        """Whether this user can enter every folder on the way to `path`."""
        nearest = next(each for each in (path, *path.parents) if each.exists())
        done = subprocess.run(["test", "-x", str(nearest)], cwd="/", check=False, **self.options())
        return done.returncode == 0

    def own(self, path: Path) -> None:
        if self.uid is not None:
            os.chown(path, self.uid, self.gid if self.gid is not None else -1)


def unprivileged() -> RunAs:
    """Ourselves, or for root the user postgres, else nobody: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return RunAs()
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return RunAs(uid=entry.pw_uid, gid=entry.pw_gid)
    return RunAs(uid=65534, gid=65534)


def major_version(binaries: Path) -> str:
    done = subprocess.run([str(binaries / "postgres"), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"(\d+)(?:\.|devel|beta|rc|\s|$)", done.stdout)
    return found.group(1) if found else ""


@dataclass
class PgCluster:
    binaries: Path
    home: Path
    log: Path
    user: RunAs = field(default_factory=unprivileged)
    durable: bool = True
    settings: dict[str, str] = field(default_factory=dict)  # beyond the base ones, for this start
    kind: str = "私有集群 private cluster"
    _record: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self._record = read_json(self._record_file)

    @property
    def _record_file(self) -> Path:
        return self.home / "cluster.json"

    @property
    def _data(self) -> Path:
        return self.home / "data"

    @property
    def url(self) -> str:
        return f"postgresql://footprint:{self._record['password']}@127.0.0.1:{self._record['port']}"

    @property
    def pids(self) -> list[int]:
        known = self._known()
        return [known.pid] if known and known.alive() else []

    def _known(self) -> Known | None:
        return known_from(self._record.get("server"))

    def alive(self) -> bool:
        known = self._known()
        return bool(known and known.alive())

    def answers(self) -> bool:
        try:
            psycopg2.connect(f"{self.url}/postgres", connect_timeout=3).close()
        except psycopg2.OperationalError:
            return False
        return True

    def start(self) -> None:
        """Re-uses the recorded cluster when it runs and answers; otherwise starts it on its old data."""
        if self.alive() and self.answers():
            return
        self.stop()
        self._prepare()
        if not (self._data / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        self._launch()

    def _prepare(self) -> None:
        if self.home.is_symlink():
            # In /var/tmp anybody may have put one; root must not hand its target over.
            raise ServerError(f"{self.home} 是符号链接，已拒绝。 is a symbolic link: refused. Remove it and try again.")
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.home.chmod(0o700)
        self.user.own(self.home)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._record.setdefault("password", secrets.token_hex(16))
        self._record["port"] = choose_ports(self._record.get("port"))[0]
        write_json(self._record_file, self._record)

    def _initialise(self) -> None:
        # A run that was cut short leaves a folder initdb would refuse.
        shutil.rmtree(self._data, ignore_errors=True)
        password = self.home / "password"
        password.write_text(self._record["password"])
        password.chmod(0o600)
        self.user.own(password)
        options = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--username=footprint"]
        sync = [] if self.durable else ["--no-sync"]
        done = subprocess.run(
            [str(self.binaries / "initdb"), "-D", str(self._data), f"--pwfile={password}", *options, *sync],
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
            **self.user.options(),
        )
        password.unlink()
        if done.returncode != 0:
            raise ServerError(f"initdb 失败 failed: {done.stderr.strip()[-600:]}")

    def _check_version(self) -> None:
        """Before the server refuses with a message that does not say what to do."""
        have = (self._data / "PG_VERSION").read_text().strip()
        can = major_version(self.binaries)
        if can and have != can:
            raise ServerError(
                f"数据属于 PostgreSQL {have}，此机为 {can}。 The data in {self._data} are of PostgreSQL {have}, "
                f"this machine has {can}.\n装回 {have}，或用 ./run clean 放弃数据。 "
                f"Install {have} again, or give the data up with ./run clean."
            )

    def _launch(self) -> None:
        settings = BASE_SETTINGS | self.settings | ({} if self.durable else FORGETFUL_SETTINGS)
        flags = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with self.log.open("ab") as out:
            process = subprocess.Popen(
                [str(self.binaries / "postgres"), "-D", str(self._data), "-p", str(self._record["port"]), *flags],
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                **self.user.options(),
            )
        known = recognise(process.pid)
        self._record["server"] = known.as_json() if known else None
        write_json(self._record_file, self._record)
        limit = time.monotonic() + START_SECONDS
        while time.monotonic() < limit and process.poll() is None:
            if self.answers():
                return
            time.sleep(0.1)
        raise ServerError(with_log("PostgreSQL 未能启动。 PostgreSQL did not start.", log=self.log))

    def stop(self) -> None:
        """SIGINT is PostgreSQL's fast shutdown: sessions are ended, data are written out."""
        known = self._known()
        if known:
            end(known, seconds=STOP_SECONDS, first=signal.SIGINT)
        self._record["server"] = None
        if self._record_file.exists():
            write_json(self._record_file, self._record)
