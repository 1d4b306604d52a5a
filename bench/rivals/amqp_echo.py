"""The echo on bare py-amqp: one blocking loop, no service framework; what the library alone would allow."""

from __future__ import annotations

import json
import os
from typing import Any
from urllib.parse import unquote, urlsplit

import amqp

QUEUE = "rpc-bench_bare"
EXCHANGE = "nameko-rpc"


def serve() -> None:
    """Until it is ended. Prefetch as the services'."""
    parts = urlsplit(os.environ["AMQP_URI"])
    connection = amqp.Connection(
        host=f"{parts.hostname}:{parts.port or 5672}",
        userid=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path.removeprefix("/")) or "/",
    )
    connection.connect()
    channel = connection.channel()
    channel.exchange_declare(EXCHANGE, "topic", durable=True, auto_delete=False)
    channel.queue_declare(QUEUE, durable=False, auto_delete=True)
    channel.queue_bind(QUEUE, EXCHANGE, routing_key="bench_bare.*")
    channel.basic_qos(0, int(os.environ.get("FOOTPRINT_WORKERS", "8")), False)

    def reply(message: Any) -> None:
        kwargs = json.loads(message.body)["kwargs"]
        properties = message.properties
        answer = amqp.Message(
            json.dumps({"result": kwargs, "error": None}),
            content_type="application/json",
            content_encoding="utf-8",
            correlation_id=properties["correlation_id"],
        )
        channel.basic_publish(answer, exchange=EXCHANGE, routing_key=properties["reply_to"])
        channel.basic_ack(message.delivery_tag)

    channel.basic_consume(QUEUE, callback=reply)
    while True:
        connection.drain_events()


if __name__ == "__main__":
    serve()
