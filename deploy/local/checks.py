"""`./run check`: what CI checks. Every step runs even if an earlier one failed; one failure fails the whole."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from deploy.local.layout import ROOT

TOOLS = Path(sys.executable).parent
SKIPPED = 77  # a step's exit code that says "could not be run here"; its last line says why
# `./run check` needs no servers; the house tests that do run in `./run test`.
SERVERLESS = "not faults and not browser and not postgres and not rabbitmq"


@dataclass(frozen=True, kw_only=True)
class Check:
    name: str
    command: tuple[str, ...]
    # Skipping is never silent: the file must exist, else the check fails; a step that cannot run here says so.
    file: str | None = None
    told: bool = False  # show what it says also when it passes


def tool(name: str, *arguments: str) -> tuple[str, ...]:
    return (str(TOOLS / name), *arguments)


def checks() -> list[Check]:
    return [
        Check(name="格式 format", command=tool("ruff", "format", "--check", ".")),
        Check(name="静态检查 lint", command=tool("ruff", "check", ".")),
        Check(name="类型 types", command=tool("mypy")),
        Check(name="依赖方向 imports", command=tool("lint-imports", "--no-cache")),
        Check(
            name="编排 compose",
            command=tool("docker-compose", "-f", "docker-compose.yml", "config", "-q"),
            file="docker-compose.yml",
        ),
        Check(name="镜像 Dockerfile", command=tool("hadolint", "deploy/Dockerfile"), file="deploy/Dockerfile"),
        Check(
            name="家规 house tests",
            command=(sys.executable, "-m", "pytest", "-q", "-m", SERVERLESS, "tests/house"),
            file="tests/house",
        ),
        Check(
            name="AsyncAPI",
            command=(sys.executable, "-m", "deploy.local.asyncapi"),
            file="gateway/asyncapi.py",
            told=True,
        ),
    ]


def run(check: Check) -> bool:
    began = time.monotonic()
    output, code = "", 1
    if check.file and not (ROOT / check.file).exists():
        output = f"缺少 missing: {check.file}"
    else:
        done = subprocess.run(
            check.command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        output, code = done.stdout, done.returncode
    word = {0: "ok  ", SKIPPED: "SKIP"}.get(code, "FAIL")
    print(f"{word} {check.name}  {time.monotonic() - began:.1f} s", flush=True)
    if code != 0 or check.told:
        print("\n".join(f"     {line}" for line in output.rstrip().splitlines()), flush=True)
    return code in (0, SKIPPED)


def main() -> int:
    failed = [check.name for check in checks() if not run(check)]
    if failed:
        print(f"未通过 failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
