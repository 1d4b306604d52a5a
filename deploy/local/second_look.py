"""A failed test of a whole run is asked once more, alone: docs/decisions/0036.

A whole run keeps two processors busy with five workers and a district; what fails there fails for what it says, or for
the company it kept. The files of the failed tests run once more, one after the other, on fresh servers. What fails
there is a failure; what passes is named, for it is a test to be cured.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

MOST_FILES = 8  # more than that is no chance
VARIABLE = "FOOTPRINT_TEST_OUTCOME"
"""The file that tests/conftest.py writes the outcome of a run to, as JSON."""

FAILED = 1  # pytest's exit code for tests that failed


@dataclass(frozen=True, kw_only=True)
class Outcome:
    passed: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list)
    """Ids of the tests that failed, in set-up and tear-down too."""

    @property
    def files(self) -> list[str]:
        """The files of the failed tests, each once, in order."""
        return list(dict.fromkeys(test.partition("::")[0] for test in self.failed))

    @classmethod
    def read(cls, path: Path) -> Outcome:
        """What a run wrote; nothing of a run that ended before it could."""
        return cls(**json.loads(path.read_text())) if path.exists() else cls()


def say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def worth_it(code: int, outcome: Outcome) -> bool:
    """Whether tests failed (not their collection), and so few that chance may have had a hand in it."""
    tests = all("::" in test for test in outcome.failed)
    return code == FAILED and tests and 0 < len(outcome.files) <= MOST_FILES


def run_twice(run: Callable[[list[str]], int], *, outcome: Path) -> int:
    """The exit code of a whole run: `run([])`, then, where few tests failed, `run` of their files alone.

    The last line that it prints has the form of pytest's own closing line.
    """
    began = time.monotonic()
    outcome.unlink(missing_ok=True)
    code = run([])
    first = Outcome.read(outcome)
    if not worth_it(code, first):
        return code
    say(f"再单独运行一次 once more, alone: {' '.join(first.files)}")
    outcome.unlink()
    code = run(first.files)
    second = Outcome.read(outcome)
    for test in first.failed if code in (0, FAILED) else ():
        told = "又失败 failed again" if test in second.failed else "第二次才通过 passed only the second time"
        say(f"{told}: {test}")
    print(closing(first, second, code=code, seconds=time.monotonic() - began), flush=True)
    return code


def closing(first: Outcome, second: Outcome, *, code: int, seconds: float) -> str:
    """`9 passed, 1 skipped, 2 passed only the second time in 61.00s`, in the words of pytest."""
    once = len(set(first.failed))
    parts = [f"{first.passed + (0 if code else once)} passed", f"{first.skipped} skipped"]
    if code:
        parts.insert(0, f"{max(1, len(second.failed))} failed")
    else:
        parts.append(f"{once} of them only the second time")
    return f"{', '.join(parts)} in {seconds:.2f}s"
