"""The shape of log lines: ours and the libraries' are the same, and writing one never fails."""

from __future__ import annotations

import io
import json
import logging as stdlib
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from chassis import config, logging


class Stderr(io.TextIOWrapper):
    """Standard error with a memory."""

    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def lines(self) -> list[dict[str, Any]]:
        held: Any = self.buffer
        return [json.loads(line) for line in held.getvalue().splitlines()]


@pytest.fixture
def stderr(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stderr]:
    made = Stderr()
    root = stdlib.getLogger()
    handlers, level = list(root.handlers), root.level
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setenv("FOOTPRINT_PROCESS", "gateway-cloud")
    logging.configure()
    yield made
    structlog.reset_defaults()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_our_lines_and_a_librarys_have_the_same_shape(stderr: Stderr) -> None:
    with structlog.contextvars.bound_contextvars(trace_id="t"):
        logging.get("chassis.test").warning("went_wrong", place="珠海街道")
        stdlib.getLogger("library").warning("went_%s", "wrong")
    ours, theirs = stderr.lines()
    assert ours.pop("place") == "珠海街道"
    assert ours.pop("timestamp").endswith("Z")
    assert theirs.pop("timestamp").endswith("Z")
    assert ours.pop("logger") == "chassis.test"
    assert theirs.pop("logger") == "library"
    assert ours == theirs | {"event": "went_wrong"}
    assert ours == {"event": "went_wrong", "level": "warning", "process": "gateway-cloud", "trace_id": "t"}


def test_lines_below_the_level_are_not_written(stderr: Stderr, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", stderr)  # pytest puts its own back between a fixture and its test
    monkeypatch.setenv("LOG_LEVEL", "warning")
    logging.configure()
    logging.get("chassis.test").info("unheard")
    stdlib.getLogger("library").info("unheard")
    logging.get("chassis.test").error("heard")
    assert [line["event"] for line in stderr.lines()] == ["heard"]


def test_a_level_that_does_not_exist_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(SystemExit, match="LOG_LEVEL"):
        config.LOG_LEVEL.get()


def test_what_is_no_json_is_still_a_line(stderr: Stderr) -> None:
    logging.get("chassis.test").info("odd", lone="\ud800", huge=2**200, thing=object(), keys={(1, 2): "x"})
    line = stderr.lines()[0]
    assert line["huge"] == 2**200
    assert line["thing"].startswith("<object")


def test_the_rows_postgresql_quotes_stay_out_of_the_log(stderr: Stderr) -> None:
    quoted = "duplicate\nDETAIL:  Key (phone)=(13800000000) already exists."
    try:
        raise ValueError(quoted)
    except ValueError:
        logging.get("chassis.test").exception("failed")
        stdlib.getLogger("library").exception("failed")
    for line in stderr.lines():
        assert "ValueError: duplicate" in line["exception"]
        assert "13800000000" not in line["exception"]


def test_a_closed_pipe_loses_the_line_and_nothing_else() -> None:
    class Broken(io.BytesIO):
        def flush(self) -> None:
            raise BrokenPipeError

    logging.Lines(Broken(), name="x").info(b"line")
