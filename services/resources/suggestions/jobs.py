"""The job after an edit of the vocabulary."""

from __future__ import annotations

from typing import Any

from chassis.runtime.jobrunner import JobRun
from services.resources.suggestions import actions

CHUNK = 500


def read_texts_again(run: JobRun, *, vocabulary_number: int) -> dict[str, Any]:
    """``{vocabulary_number, read}``; every offer and need that an older vocabulary read. Runs twice without harm."""
    read = 0
    while True:
        with run.transaction() as session:
            count = actions.read_waiting_texts(session, run.district_code, at_most=CHUNK)
        read += count
        run.progress(read, read)
        if count == 0:
            return {"vocabulary_number": vocabulary_number, "read": read}
