"""Whether a process does its work: its queues have consumers and its database answers. A pid proves neither."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from amqp.exceptions import AMQPError, NotFound
from kombu import Connection
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from chassis import config, db, logging
from chassis.runtime import topology
from chassis.runtime.service import Service

log = logging.get(__name__)


def missing_consumers(amqp_uri: str, queues: Iterable[str]) -> list[str]:
    """Those of the queues that nobody consumes, or that do not exist. Raises ``OSError`` where there is no broker."""
    return [queue for queue, count in consumers(amqp_uri, queues).items() if not count]


def consumers(amqp_uri: str, queues: Iterable[str]) -> dict[str, int]:
    """How many consume each queue; none where it does not exist. Raises ``OSError`` where there is no broker."""
    return {queue: found.consumers if found else 0 for queue, found in look_at(amqp_uri, queues).items()}


@dataclass(frozen=True)
class QueueLook:
    """What the broker says of a queue: messages ready (not those being handled), and who consumes."""

    ready: int
    consumers: int


def look_at(amqp_uri: str, queues: Iterable[str]) -> dict[str, QueueLook | None]:
    """A passive declare of each; ``None`` where there is no such queue. Raises ``OSError`` where there is no broker."""
    with topology.connection(amqp_uri, connect_timeout=5) as conn:
        return {queue: _look(conn, queue) for queue in queues}


def _look(conn: Connection, queue: str) -> QueueLook | None:
    try:
        with conn.channel() as channel:
            found = channel.queue_declare(queue, passive=True)
            return QueueLook(int(found.message_count), int(found.consumer_count))
    except NotFound:  # the broker has closed this channel, not the connection
        return None


def healthy(service: Service) -> bool:
    """Every queue of the process has a consumer, and its database answers."""
    try:
        missing = missing_consumers(config.AMQP_URI.get(), topology.consumed_by(service))
        with db.make_engine(db.database_url(service.database_name), pool_size=1).connect() as connection:
            connection.execute(text("SELECT 1"))
    except (OSError, SQLAlchemyError, AMQPError) as error:
        log.error("unhealthy", service=service.name, error=repr(error))
        return False
    if missing:
        log.error("unhealthy", service=service.name, queues_without_consumer=missing)
    return not missing
