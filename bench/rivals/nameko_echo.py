"""The echo on stock Nameko 2.14.1: ``nameko.rpc.rpc`` under its own ServiceRunner, its own prefetch."""

import warnings

warnings.filterwarnings("ignore", message="[^A-Za-z]*Eventlet is deprecated")
import eventlet  # noqa: E402

eventlet.monkey_patch()

import os  # noqa: E402
import signal  # noqa: E402
from typing import Any  # noqa: E402

from nameko.rpc import rpc  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402


class StockEcho:
    """One method."""

    name = "bench_stock"

    @rpc  # type: ignore[untyped-decorator]
    def echo(self, text: str, number: int) -> dict[str, Any]:
        return {"text": text, "number": number}


def serve() -> None:
    """Until SIGTERM. With ``pyamqp://`` kombu spares itself a failing import on every publish."""
    uri = os.environ["AMQP_URI"]
    runner = ServiceRunner(
        {
            "AMQP_URI": "py" + uri if uri.startswith("amqp://") else uri,
            "max_workers": int(os.environ.get("FOOTPRINT_WORKERS", "8")),
        }
    )
    runner.add_service(StockEcho)
    runner.start()
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.stop))
    runner.wait()


if __name__ == "__main__":
    serve()
