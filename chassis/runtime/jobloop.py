"""The job process's loop."""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from chassis import db, logging
from chassis.runtime import jobrunner
from chassis.runtime.execute import Executor
from chassis.runtime.service import Service

log = logging.get(__name__)
IDLE_SECONDS = 0.3


def run_jobs(service: Service, stopping: Callable[[], bool]) -> None:
    """Jobs and pumps until told to stop; a stop waits for the job that runs, not for the next."""
    engine = db.make_engine(db.database_url(service.database_name), pool_size=2)
    executor = Executor(service, db.make_sessions(engine), None)
    log.info("working", service=service.name)
    while not stopping():
        try:
            done = jobrunner.work(executor, stopping=stopping)
        except SQLAlchemyError as error:
            log.warning("jobs_wait", error=type(error).__name__)
            done = 0
            time.sleep(1)
        except Exception:
            log.exception("pump_failed")
            done = 0
            time.sleep(1)
        if not done:
            time.sleep(IDLE_SECONDS)
    engine.dispose()
