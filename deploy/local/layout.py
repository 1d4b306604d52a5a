"""Where things lie: the project, its data folder, logs, secrets, sockets."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A unix socket's path has to fit into 108 bytes (104 on macOS), its terminating zero included.
SOCKET_PATH_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class Layout:
    root: Path
    var: Path

    @property
    def key(self) -> str:
        """Twelve hex digits that name this data folder outside of it."""
        return hashlib.sha256(str(self.var).encode()).hexdigest()[:12]

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def state(self) -> Path:
        return self.var / "state.json"

    @property
    def sockets(self) -> Path:
        """var/run, or a folder of /tmp where the project lies too deep for a socket's path."""
        near = self.var / "run"
        if len(str(near / "gateway-000000000.sock")) <= SOCKET_PATH_LIMIT:
            return near
        return Path(tempfile.gettempdir()) / f"footprint-{self.key}"

    @property
    def control(self) -> Path:
        return self.sockets / "control.sock"

    def make(self) -> None:
        for folder in (self.var, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        for folder in (self.secrets, self.sockets):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)


def district_layout() -> Layout:
    return Layout(root=ROOT, var=Path(os.environ.get("FOOTPRINT_VAR") or ROOT / "var").resolve())


def test_layout() -> Layout:
    """The tests' servers have a folder of their own, so that a run never meets the district's data."""
    return Layout(root=ROOT, var=ROOT / "var" / "test")
