"""Hooks of the HTTP server; ``gunicorn.conf.py`` at the root, which gunicorn reads by itself, imports them."""

from __future__ import annotations

import signal
from typing import Any

from prometheus_client import multiprocess

from chassis import heap
from gateway import settings
from gateway.stream import end_streams


def post_worker_init(worker: Any) -> None:
    """On SIGTERM live streams end first; gunicorn would wait its whole graceful time-out for them."""

    def stop() -> None:
        end_streams()
        worker.handle_exit_signal()

    worker.loop.add_signal_handler(signal.SIGTERM, stop)
    heap.settle()


def child_exit(server: object, worker: Any) -> None:
    """Metrics of a worker that has gone."""
    if settings.METRICS_FOLDER.get():
        multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
