"""`./run lock`: pins every requirement with hashes. No index address is written: mirrors differ."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from deploy.local.layout import ROOT

# (folder, name, constraint): the development set repeats the runtime's versions exactly.
SETS = (
    (ROOT, "requirements", None),
    (ROOT, "requirements-dev", "requirements.txt"),
    (ROOT, "requirements-native", "requirements.txt"),
    (ROOT / "deploy" / "local", "requirements-uv", None),
    (ROOT / "deploy" / "local", "requirements-build", None),
    (ROOT / "deploy" / "local", "requirements-pgserver", None),
)
OPTIONS = ("--universal", "--generate-hashes", "--no-emit-index-url", "--python-version", "3.11")


def main(arguments: list[str]) -> int:
    uv = Path(sys.executable).with_name("uv")
    for folder, name, constraint in SETS:
        limits = ("-c", constraint) if constraint else ()
        command = [str(uv), "pip", "compile", "-q", *OPTIONS, *limits, f"{name}.in", "-o", f"{name}.txt", *arguments]
        print(f"→ {name}.txt", flush=True)
        done = subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
