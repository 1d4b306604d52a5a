"""A round solved in a process of its own: its memory goes with it, and whoever cancels need not wait for it.

``python -m services.resources.matching.apart ASKED ANSWER``: both are files of the parent's own temporary folder.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Protocol, TypeVar

from services.resources.matching import solver
from services.resources.matching.edges import Edges
from services.resources.matching.instance import Instance
from services.resources.matching.packing import Rules
from services.resources.matching.solver import NotOptimalError, Solution

LOOK_SECONDS = 0.5
HERE_AT_MOST = 50_000  # edges: without lots such a round takes less than a process needs to begin

A = TypeVar("A", covariant=True)


class Question(Protocol[A]):
    """What is pickled and solved elsewhere; its answer is no text, which tells of a failure."""

    def solve(self) -> A: ...


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The arguments of ``solver.solve``."""

    offers: dict[str, int]
    needs: dict[str, int]
    edges: Edges
    streets: dict[str, str]
    theta: Fraction
    rules: Rules
    seconds: float

    def solve(self) -> Solution:
        return solver.solve(
            self.offers,
            self.needs,
            self.edges,
            streets=self.streets,
            theta=self.theta,
            rules=self.rules,
            seconds=self.seconds,
        )


def solve(made: Instance, *, theta: Fraction, seconds: float, most: float, look: Callable[[], None]) -> Solution:
    """``look`` is called while it runs and may raise, which ends it; ``most``: seconds after which it is given up."""
    asked = Asked(
        offers=made.offers,
        needs=made.needs,
        edges=made.edges,
        streets=made.streets,
        theta=theta,
        rules=made.rules(),
        seconds=seconds,
    )
    if len(made.edges) <= HERE_AT_MOST and not (made.lot or made.whole or made.single):
        return asked.solve()
    return ask(asked, most=most, look=look)


def ask(asked: Question[A], *, most: float, look: Callable[[], None]) -> A:
    """In a process of its own; question and answer are pickled. Raises what ``look`` raises, or NotOptimalError."""
    with tempfile.TemporaryDirectory(prefix="round-") as folder:
        question, answer = Path(folder, "asked"), Path(folder, "answer")
        with question.open("wb") as file:
            pickle.dump(asked, file, protocol=pickle.HIGHEST_PROTOCOL)
        _run(
            [sys.executable, "-m", __spec__.name, str(question), str(answer)], until=time.monotonic() + most, look=look
        )
        found: A | str = pickle.loads(answer.read_bytes())
    if isinstance(found, str):
        raise NotOptimalError(found)
    return found


def _run(command: list[str], *, until: float, look: Callable[[], None]) -> None:
    with subprocess.Popen(command, stdin=subprocess.DEVNULL) as child:
        try:
            while child.poll() is None:
                if time.monotonic() > until:
                    raise NotOptimalError("no answer in time")
                look()
                try:
                    child.wait(LOOK_SECONDS)
                except subprocess.TimeoutExpired:
                    continue
        finally:
            if child.poll() is None:
                child.kill()
    if child.returncode != 0:
        raise RuntimeError(f"the solver ended with {child.returncode}")


def main(question: Path, answer: Path) -> None:
    with question.open("rb") as file:
        asked = pickle.load(file)
    found: Any
    try:
        found = asked.solve()
    except NotOptimalError as error:
        found = str(error)
    answer.write_bytes(pickle.dumps(found, protocol=pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    # under its own name: what is pickled here is read as services.resources.matching.apart
    from services.resources.matching import apart

    apart.main(Path(sys.argv[1]), Path(sys.argv[2]))
