"""Lines of the access log leave together, at the end of a turn of the event loop."""

from __future__ import annotations

import asyncio
import io
import json

import pytest

from gateway.access import Lines


class File(io.BytesIO):
    """Counts writes."""

    writes = 0

    def write(self, data: object) -> int:
        self.writes += 1
        return super().write(data)  # type: ignore[arg-type]


async def told(file: File, *numbers: int, level: str = "INFO") -> None:
    lines = Lines(file, level=level)
    for number in numbers:
        lines.tell({"route": "/v1/notes", "status": 200, "number": number})
    await asyncio.sleep(0)


def test_the_lines_of_a_turn_leave_in_one_write() -> None:
    file = File()
    asyncio.run(told(file, 1, 2, 3))
    lines = [json.loads(line) for line in file.getvalue().splitlines()]
    assert file.writes == 1
    assert [line["number"] for line in lines] == [1, 2, 3]
    known = {"event": "request", "level": "info", "logger": "gateway.access", "route": "/v1/notes", "status": 200}
    assert lines[0] | known == lines[0]
    assert lines[0]["timestamp"].endswith("Z")


def test_the_next_turn_writes_again() -> None:
    file = File()

    async def twice() -> None:
        lines = Lines(file, level="INFO")
        for number in (1, 2):
            lines.tell({"number": number})
            await asyncio.sleep(0)

    asyncio.run(twice())
    assert file.writes == 2


@pytest.mark.parametrize("level", ["WARNING", "ERROR"])
def test_above_info_there_are_none(level: str) -> None:
    file = File()
    asyncio.run(told(file, 1, level=level))
    assert file.writes == 0


def test_a_closed_pipe_loses_the_line_and_nothing_else() -> None:
    file = File()
    file.close()
    asyncio.run(told(file, 1))
