"""A few failed tests of a whole run are asked once more, alone; many are not, and none is forgiven."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.local import second_look

Run = Callable[[list[str]], int]


def runs(outcome: Path, *stories: list[str]) -> tuple[Run, list[list[str]]]:
    """A run that tells one story after the other: the ids of the tests that fail; and the files it was given."""
    asked: list[list[str]] = []

    def run(files: list[str]) -> int:
        failed = stories[len(asked)]
        asked.append(files)
        outcome.write_text(json.dumps({"passed": 9, "skipped": 1, "failed": failed}))
        return 1 if failed else 0

    return run, asked


def test_a_clean_run_is_not_repeated(tmp_path: Path) -> None:
    run, asked = runs(tmp_path / "o", [])
    assert second_look.run_twice(run, outcome=tmp_path / "o") == 0
    assert asked == [[]]


def test_what_fails_once_is_asked_again_by_file_and_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, asked = runs(tmp_path / "o", ["t/a.py::one", "t/b.py::two", "t/a.py::three"], [])
    assert second_look.run_twice(run, outcome=tmp_path / "o") == 0
    assert asked == [[], ["t/a.py", "t/b.py"]]
    shown = capsys.readouterr()
    assert shown.err.count("passed only the second time: t/") == 3
    assert shown.out.startswith("12 passed, 1 skipped, 3 of them only the second time in ")


def test_what_fails_twice_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run, _asked = runs(tmp_path / "o", ["t/a.py::one"], ["t/a.py::one"])
    assert second_look.run_twice(run, outcome=tmp_path / "o") == 1
    shown = capsys.readouterr()
    assert "failed again: t/a.py::one" in shown.err
    assert shown.out.startswith("1 failed, 9 passed, 1 skipped in ")


def test_a_file_that_fails_another_test_the_second_time_fails(tmp_path: Path) -> None:
    run, _asked = runs(tmp_path / "o", ["t/a.py::one"], ["t/a.py::two"])
    assert second_look.run_twice(run, outcome=tmp_path / "o") == 1


def test_many_failures_are_no_chance(tmp_path: Path) -> None:
    run, asked = runs(tmp_path / "o", [f"t/{n}.py::x" for n in range(second_look.MOST_FILES + 1)])
    assert second_look.run_twice(run, outcome=tmp_path / "o") == 1
    assert asked == [[]]


def test_a_file_that_cannot_be_collected_is_not_repeated(tmp_path: Path) -> None:
    run, asked = runs(tmp_path / "o", ["gw4"])
    assert second_look.run_twice(run, outcome=tmp_path / "o") == 1
    assert asked == [[]]


@pytest.mark.parametrize("code", [2, 3, 4, 5])
def test_a_run_that_broke_off_is_not_repeated(tmp_path: Path, code: int) -> None:
    asked = []
    (tmp_path / "o").write_text("left by a run before")
    assert second_look.run_twice(lambda files: asked.append(files) or code, outcome=tmp_path / "o") == code
    assert asked == [[]]
