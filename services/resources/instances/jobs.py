"""An instance is solved by ``./run match`` itself, in a process of its own: its memory goes with it."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

from chassis import files
from chassis.errors import ConflictError, InvalidError, NotFoundError
from chassis.runtime.jobrunner import JobRun
from contracts.resources.codes_instances import InstanceCode
from contracts.resources.instances import FOLDER, MEDIA_TYPE
from services.resources.instances import settings

ENGINE = "services.resources.matching.engine"
SOLVED, WRONG = 0, 2
LARGEST = 2**30  # bytes; what the gateway takes is far less


def solve_instance(run: JobRun, *, sha256: str, seconds: int, owner: str) -> dict[str, Any]:
    """``{primal, dual, gap, matches, unmet, unread, answer}``; ``answer`` is a kept file."""
    run.progress(0, 1)
    store, folder = files.open_store(), f"{run.district_code}/{FOLDER}"
    instance = files.read(store, district=folder, sha256=sha256, limit=LARGEST)
    if instance is None:
        raise NotFoundError(InstanceCode.FILE_GONE)
    answer, said = solve_apart(instance, seconds=seconds)
    found = json.loads(answer)
    about = files.write(store, answer, district=folder, media_type=MEDIA_TYPE, owner=owner)
    run.progress(1, 1)
    return {
        **{name: found[name] for name in ("primal", "dual", "gap")},
        "matches": len(found["allocation"]),
        "unmet": len(found["explanations"]["unmet"]),
        "unread": said,
        "answer": about,
    }


def solve_apart(instance: bytes, *, seconds: int) -> tuple[bytes, str]:
    """The answer and what the solver says besides: members of the instance that it does not read."""
    command = [sys.executable, "-m", ENGINE, "-", "--json", "--seconds", str(seconds)]
    try:
        done = subprocess.run(
            command, input=instance, capture_output=True, timeout=seconds + settings.LONGEST.get(), check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ConflictError(InstanceCode.LATE) from error
    said = done.stderr.decode(errors="replace").strip()
    if done.returncode == SOLVED:
        return done.stdout, said[:500]
    if done.returncode == WRONG:
        where, _, problem = said.partition(": ")
        raise InvalidError(InstanceCode.INVALID, where=where[:200], problem=problem[:500])
    if done.returncode == 1 and "not proved" in said:
        raise ConflictError(InstanceCode.UNPROVED, problem=said[:500])
    raise RuntimeError(f"the solver ended with {done.returncode}")
