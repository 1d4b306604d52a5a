"""The oracle: pabutools in an environment of its own under ``var/``, which ours never imports and never needs.

``./run bench decide`` makes the environment when it can; tests use it where it is, and are skipped where it is not.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from deploy.local.layout import ROOT

PACKAGE = "pabutools==1.2.3"
FOLDER = ROOT / "var" / "oracle"
PYTHON = FOLDER / "bin" / "python"
SCRIPT = ROOT / "bench" / "oracle_rules.py"
Job = dict[str, str]


def elections() -> list[Path]:
    """Pabulib files to compare on: those of the folder that ``FOOTPRINT_PABULIB`` names, else of ``var/pabulib``, else
    those that lie beside the project in ``shared/data/pabulib``; none where there are none."""
    given = os.environ.get("FOOTPRINT_PABULIB")
    folders = [Path(given)] if given else [ROOT / "var" / "pabulib", ROOT.parent / "shared" / "data" / "pabulib"]
    return next((found for folder in folders if (found := sorted(folder.glob("*.pb")))), [])


def available() -> bool:
    """Whether the environment has been made."""
    return (FOLDER / "ready").exists() and PYTHON.exists()


def make() -> bool:
    """Make it; False where the package cannot be had."""
    if available():
        return True
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    venv.create(FOLDER, with_pip=True, clear=True)
    command = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGE]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode == 0:
        (FOLDER / "ready").touch()
        return True
    print(done.stderr.strip()[-400:], file=sys.stderr)
    return False


def ask(entries: Sequence[dict[str, Any]]) -> tuple[list[list[dict[str, Any]]], float]:
    """Answers to each entry's jobs, and the processor seconds of reading."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(PYTHON), "-P", str(SCRIPT)],  # without the script's folder, whose ``http.py`` would hide the library's
        input=json.dumps(entries),
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    answer = json.loads(done.stdout)
    return answer["answers"], answer["reading"]


def random_election(dice: random.Random) -> str:
    """A small ``.pb`` file with many ties: approvals or points, projects beyond reach, empty ballots."""
    points = dice.random() < 0.4
    count, voters = dice.randint(1, 8), dice.randint(1, 12)
    names = [str(name) for name in dice.sample(range(1, 30), count)]
    budget = dice.randint(voters, 60)
    rows = [f"{name};{dice.randint(1, 25)}" for name in names]
    votes = []
    for voter in range(voters):
        chosen = [name for name in names if dice.random() < 0.45]
        if points and not chosen:
            chosen = names[:1]  # the oracle reads no empty ballot of points
        given = f";{','.join(str(dice.randint(1, 5)) for _ in chosen)}" if points else ""
        votes.append(f"{voter};{','.join(chosen)}{given}")
    kind = "scoring" if points else "approval"
    head = f"META\nkey;value\nbudget;{budget}\nvote_type;{kind}\nPROJECTS\nproject_id;cost\n"
    columns = "voter_id;vote;points" if points else "voter_id;vote"
    return head + "\n".join(rows) + f"\nVOTES\n{columns}\n" + "\n".join(votes) + "\n"


def jobs_of(text: str) -> list[Job]:
    """What is compared on an election: every utility its ballots have, every completion (add1 as pabutools stops)."""
    utilities = ("cost", "cardinality") if "vote_type;approval" in text else ("cost", "cardinality", "points")
    return [
        {"utility": utility, "completion": completion}
        for utility in utilities
        for completion in ("none", "add1", "greedy")
    ]


def ours(text: str, job: Job) -> list[str]:
    """The same by our engine."""
    from services.projects.allocation import pabulib, rules

    options = rules.Options(
        rule="equal_shares", utility=job["utility"], completion=job["completion"], stop="exhaustive"
    )
    return sorted(rules.decide(pabulib.election_of(pabulib.parse(text)), options).selected)
