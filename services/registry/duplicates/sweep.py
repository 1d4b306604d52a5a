"""The sweep for duplicates, in the job process: a comparison takes the database a while, and no call waits for it."""

from __future__ import annotations

import time

from chassis import clock, config
from chassis.runtime.execute import Executor
from services.registry import settings
from services.registry.duplicates import actions


def check_duplicates(executor: Executor) -> int:
    """A pump: those that wait, one a transaction, until the time that waiting jobs are left without is over."""
    until = time.monotonic() + settings.DUPLICATE_SECONDS.get()
    done = 0
    while _check_one(executor):
        done += 1
        if time.monotonic() >= until:
            break
    return done


def _check_one(executor: Executor) -> bool:
    district = config.DISTRICT.get()
    with executor.system_session("check_duplicates", district) as session:
        return actions.check_next(session, now=clock.now(session, district))
