"""Makes .venv from the hashed requirements. Standard library only: it runs before anything is installed.

`python bootstrap.py runtime|dev`. A stamp inside .venv holds the hash of what was installed, so the usual
start costs one hash. uv installs (pinned by hash itself); pip is the fallback, since only pip honours every
kind of index a machine's pip configuration may name. What needs a C compiler is left out where there is none.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SETS = {"runtime": "requirements.txt", "dev": "requirements-dev.txt"}
NATIVE = "requirements-native.txt"
UV_REQUIREMENTS = ROOT / "deploy" / "local" / "requirements-uv.txt"
BUILD_REQUIREMENTS = ROOT / "deploy" / "local" / "requirements-build.txt"


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def digest(name: str) -> str:
    files = (SETS[name], NATIVE)
    return hashlib.sha256(b"".join((ROOT / file).read_bytes() for file in files)).hexdigest()


def stamp(name: str) -> Path:
    return VENV / f".footprint-{name}"


def satisfied(name: str) -> bool:
    """dev contains runtime, therefore its stamp also answers for runtime."""
    if not PYTHON.exists():
        return False
    names = ("runtime", "dev") if name == "runtime" else ("dev",)
    return any(stamp(each).is_file() and stamp(each).read_text() == digest(each) for each in names)


def run(*command: str | Path, env: dict[str, str] | None = None) -> bool:
    return subprocess.run([str(part) for part in command], env=env, stdout=sys.stderr, check=False).returncode == 0


def quiet(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def has_pip(python: Path | str) -> bool:
    return quiet(python, "-m", "pip", "--version").returncode == 0


def make_environment() -> None:
    """Tries `venv` with pip, then Debian's missing ensurepip as root, then an environment without pip."""
    if PYTHON.exists() and quiet(PYTHON, "-c", "").returncode == 0:
        return
    say("· 创建 .venv  creating .venv")
    if quiet(sys.executable, "-m", "venv", "--clear", VENV).returncode == 0:
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        version = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
        say(f"· apt-get install {version}")
        quiet("apt-get", "update")
        for package in (version, "python3-venv"):
            quiet("apt-get", "install", "-y", "--no-install-recommends", package)
            if quiet(sys.executable, "-m", "venv", "--clear", VENV).returncode == 0:
                return
    if quiet(sys.executable, "-m", "venv", "--clear", "--without-pip", VENV).returncode != 0:
        raise SystemExit("Cannot create .venv. 请运行 Run: apt-get install -y python3-venv")


def unpacked_pip() -> Path | None:
    """pip's wheel out of Debian's python3-pip-whl, without root: downloaded and unpacked into var."""
    folder = ROOT / "var" / "bootstrap"
    folder.mkdir(parents=True, exist_ok=True)
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        return None
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    own = ("-o", f"Dir::State::lists={folder}/lists", "-o", f"Dir::Cache={folder}/cache")
    subprocess.run(["apt-get", *own, "update"], cwd=folder, capture_output=True, check=False)
    download = ["apt-get", *own, "download", "python3-pip-whl"]
    subprocess.run(download, cwd=folder, capture_output=True, check=False)
    for package in folder.glob("python3-pip-whl_*.deb"):
        quiet("dpkg", "-x", package, folder)
    return next(iter(folder.glob("usr/share/python-wheels/pip-*.whl")), None)


def pip_command() -> tuple[list[str], dict[str, str]]:
    """(command, environment) of a pip that installs into .venv."""
    env = dict(os.environ, PIP_DISABLE_PIP_VERSION_CHECK="1")
    if has_pip(PYTHON):
        return [str(PYTHON), "-m", "pip"], env
    if has_pip(sys.executable):
        return [sys.executable, "-m", "pip", "--python", str(PYTHON)], env
    wheel = unpacked_pip()
    if wheel is None:
        raise SystemExit("没有 pip。 pip is missing. 请运行 Run: apt-get install -y python3-venv")
    env.pop("PYTHONSAFEPATH", None)
    return [str(PYTHON), str(wheel / "pip")], env


def uv_environment(pip: list[str], env: dict[str, str]) -> dict[str, str]:
    """uv does not read pip's configuration: hand its index over, or a mirror would be by-passed."""
    made = dict(env)
    listing = subprocess.run([*pip, "config", "list"], env=env, capture_output=True, text=True, check=False)
    for line in listing.stdout.splitlines():
        key, _, value = line.partition("=")
        if key.endswith(".index-url") and "UV_DEFAULT_INDEX" not in made:
            made["UV_DEFAULT_INDEX"] = value.strip("'\"")
    made.setdefault("UV_LINK_MODE", "copy" if os.environ.get("CI") else "hardlink")
    made.setdefault("UV_HTTP_TIMEOUT", "120")
    made["VIRTUAL_ENV"] = str(VENV)
    return made


def install(*, requirements: Path) -> None:
    pip, env = pip_command() if not (VENV / "bin" / "uv").exists() else ([str(PYTHON), "-m", "pip"], dict(os.environ))
    if not (VENV / "bin" / "uv").exists():
        say("· 安装 uv  installing uv")
        run(*pip, "install", "-q", "--require-hashes", "-r", UV_REQUIREMENTS, env=env)
    uv = VENV / "bin" / "uv"
    options = ("--require-hashes", "-r", requirements)
    if uv.exists() and run(uv, "pip", "install", "--python", PYTHON, *options, env=uv_environment(pip, env)):
        return
    say("· uv 失败，改用 pip  uv failed, trying pip")
    pip, env = pip_command()
    if not run(*pip, "install", *options, env=env):
        raise SystemExit(
            "安装依赖失败。 Installing the requirements failed; the lines above say why.\n"
            "网络受限时 Behind a mirror: export PIP_INDEX_URL=<your index>, then run the same command again."
        )


def install_native() -> bool:
    """From source, built by what is locked too; False where this machine cannot, and nothing depends on it."""
    uv = VENV / "bin" / "uv"
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc")
    if not compiler or not uv.exists():
        return False
    env = uv_environment([str(PYTHON), "-m", "pip"], dict(os.environ))
    builders = ROOT / "var" / "bootstrap" / "build"  # beside the environment, whose libraries they are none of
    for options in (("--target", builders, "-r", BUILD_REQUIREMENTS), ("--no-build-isolation", "-r", ROOT / NATIVE)):
        command = [str(uv), "pip", "install", "--python", str(PYTHON), "--require-hashes", *map(str, options)]
        if subprocess.run(command, env=env, capture_output=True, check=False).returncode != 0:
            return False
        env["PYTHONPATH"] = str(builders)
    return True


def main(name: str) -> None:
    if satisfied(name):
        return
    began = time.monotonic()
    say(f"→ Python 环境 Python environment ({SETS[name]}, Python {sys.version.split()[0]})")
    make_environment()
    install(requirements=ROOT / SETS[name])
    if not install_native():
        say("· 无 C 编译器或头文件，HTTP 由 Python 解析  no C compiler or headers: HTTP is parsed in Python, slower")
    stamp(name).write_text(digest(name))
    say(f"✓ Python 环境就绪 environment ready, {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main(sys.argv[1])
