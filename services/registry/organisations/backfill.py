"""Rows from before a change of ``naming``, made findable by the job process, a batch a transaction."""

from __future__ import annotations

from chassis import config
from chassis.runtime.execute import Executor
from services.registry.organisations import indexing


def index_organisations(executor: Executor) -> int:
    """A pump: one batch; returns how many rows it did."""
    with executor.system_session("index_organisations", config.DISTRICT.get()) as session:
        return indexing.index_old_rows(session)
