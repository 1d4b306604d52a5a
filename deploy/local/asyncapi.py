"""`python -m deploy.local.asyncapi`: `/asyncapi.json` of a gateway read by AsyncAPI's own parser (npm), in ./run check.

The parser is installed once, by exact version, into var/asyncapi. Exit code 77 where Node or the registry is absent.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from deploy.local.checks import SKIPPED
from deploy.local.layout import district_layout
from gateway import asyncapi, catalogue

PARSER = "@asyncapi/parser@3.6.6"
SCRIPT = Path(__file__).with_suffix(".mjs")
INSTALL_SECONDS = 120


def installed(folder: Path) -> str | None:
    """Install the parser unless it is there; what went wrong, or ``None``. No lock file: it would name a registry."""
    stamp = folder / "installed"
    if stamp.exists() and stamp.read_text() == PARSER:
        return None
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "package.json").write_text("{}\n")  # npm would look for one further up
    options = ("--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
    try:
        done = subprocess.run(
            ["npm", "install", *options, "--prefix", str(folder), PARSER],
            capture_output=True,
            text=True,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"npm install: {INSTALL_SECONDS} s"
    if done.returncode != 0:
        return (done.stderr.strip().splitlines() or ["npm install"])[0]
    stamp.write_text(PARSER)
    return None


def written(folder: Path) -> Path:
    """The document in a file, made as a gateway makes it; git does not keep it, the contracts say it all."""
    catalogue.load()
    file = folder / "asyncapi.json"
    file.write_text(json.dumps(asyncapi.build(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return file


def main() -> int:
    if not shutil.which("node") or not shutil.which("npm"):
        print("跳过：没有 Node.js。 Skipped: no Node.js here; CI and a machine with node and npm run it.")
        return SKIPPED
    folder = district_layout().var / "asyncapi"
    problem = installed(folder)
    if problem:
        print(f"跳过：无法安装 {PARSER}。 Skipped: the parser cannot be installed: {problem}")
        return SKIPPED
    return subprocess.run(["node", str(SCRIPT), str(folder), str(written(folder))], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
