"""Events of notes by the thousand, as the outbox holds them; and the database they go into."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection
from sqlalchemy import make_url

from bench.keys import DISTRICT
from bench.notes.service import NAME, SERVICE
from bench.servers import Servers
from chassis import clock, db, ids, tables
from chassis.events import Envelope
from chassis.runtime import migrate, topology

DATABASE = f"bench_{NAME}"
QUEUE = f"{NAME}.on_note_written"
EXCHANGE = f"{NAME}.events"
ROUTING_KEY = f"{DISTRICT}.note_written"
WORDS = "足迹压测 " + "x" * 100


def prepare(servers: Servers) -> None:
    """A new database with its tables; the queues, empty."""
    url = make_url(servers.database_url).set(drivername="postgresql+psycopg2", database=DATABASE)
    migrate.drop_database(url)
    migrate.create_database(url)
    engine = db.make_engine(url, pool_size=1)
    for metadata in migrate.metadata_of(SERVICE):
        metadata.create_all(engine)
    engine.dispose()
    topology.declare(servers.amqp_uri, SERVICE)
    purge(servers)


def purge(servers: Servers) -> None:
    with topology.connection(servers.amqp_uri, connect_timeout=5) as connection, connection.channel() as channel:
        for queue in topology.consumed_by(SERVICE):
            channel.queue_purge(queue)


def connect(servers: Servers) -> Connection:
    made: Connection = psycopg2.connect(f"{servers.database_url}/{DATABASE}")
    return made


def envelopes(count: int) -> Iterator[Envelope]:
    """As :func:`chassis.outbox.record` makes them."""
    now = clock.system_now()
    for _ in range(count):
        note_id = ids.new_id("nte")
        yield Envelope(
            id=ids.new_id("evt"),
            name="note_written",
            source=NAME,
            subject=note_id,
            subject_version=1,
            district_code=DISTRICT,
            occurred_at=now,
            actor={"account_id": "acc_bench", "role": "bureau"},
            trace_id="0" * 31 + "1",
            payload={"street_codes": [], "note_id": note_id, "words": WORDS},
        )


def fill_outbox(connection: Connection, count: int, made: Iterable[Envelope] | None = None) -> datetime:
    """In one transaction with its NOTIFY; the database's clock just after the commit. ``made``: other events."""
    given = [column.key for column in tables.OutboxEvent.__table__.columns]
    columns = [column for column in given if column not in ("position", "sent_at")]
    lines = "".join(_line(envelope, columns) for envelope in (envelopes(count) if made is None else made))
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(position), 0) FROM outbox")
        (last,) = cursor.fetchone() or (0,)
        cursor.copy_expert(f"COPY outbox ({', '.join(columns)}) FROM STDIN", io.StringIO(lines))
        waits = (
            "INSERT INTO outbox_waiting (position) SELECT position FROM outbox WHERE position > %s ORDER BY position"
        )
        cursor.execute(waits, [last])
        cursor.execute("NOTIFY outbox")
        connection.commit()
        cursor.execute("SELECT clock_timestamp()")
        (committed,) = cursor.fetchone() or (None,)
        connection.commit()
    assert isinstance(committed, datetime)
    return committed


def _line(envelope: Envelope, columns: list[str]) -> str:
    row: dict[str, Any] = {
        "id": ids.decode("evt", envelope.id),
        "name": envelope.name,
        "district_code": envelope.district_code,
        "subject": envelope.subject,
        "subject_version": envelope.subject_version,
        "occurred_at": envelope.occurred_at.isoformat(),
        "recorded_at": envelope.occurred_at.isoformat(),
        "headers": json.dumps(envelope.to_headers()).replace("\\", "\\\\"),
        "payload": json.dumps(envelope.payload, ensure_ascii=False).replace("\\", "\\\\"),
    }
    return "\t".join(r"\N" if row.get(column) is None else str(row[column]) for column in columns) + "\n"


def scalar(connection: Connection, statement: str) -> Any:
    """One value, in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (value,) = cursor.fetchone() or (None,)
    connection.commit()
    return value
