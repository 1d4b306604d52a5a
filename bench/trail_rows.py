"""A log of any length, loaded in bulk: the rows that appending would have written, by COPY."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from psycopg2.extensions import connection as Connection

from bench import say
from bench.keys import DISTRICT
from chassis import ids
from chassis.events import Envelope

LOT = 50_000
AT = datetime(2026, 3, 1, 8, tzinfo=UTC)
EVENT, SOURCE = "order_delivered", "projects"
VERSIONS = 20
_ENTRIES = (
    "district_code, index, event_id, event, source, subject, subject_version, occurred_at, street_codes,"
    " organisation_id, actor_account_id, actor_role, payload, salt, commitment, leaf_hash, tombstone, appended_at"
)


def envelope(number: int) -> Envelope:
    """An event of an order that delivers many times; each order's versions are gapless."""
    order = f"ord_{number // VERSIONS:026d}"
    return Envelope(
        id=ids.encode("evt", uuid.UUID(int=(0x0198 << 112) | (7 << 76) | (2 << 62) | number)),
        name=EVENT,
        source=SOURCE,
        subject=order,
        subject_version=number % VERSIONS + 1,
        district_code=DISTRICT,
        occurred_at=AT,
        actor={"account_id": "acc_bench", "role": "cso"},
        payload={"order_id": order, "street_codes": ["370211009"], "minutes": number % 240},
    )


class Bulk:
    """Makes the rows; the right edge of the tree stays in memory, as it does while appending."""

    def __init__(self, connection: Connection, size: int) -> None:
        from services.projects.trail import appending, leaf, merkle

        self._appending, self._leaf, self._merkle = appending, leaf, merkle
        self._connection = connection
        self.size = size
        self._edge: list[tuple[int, int, bytes]] = self._read_edge()

    def _read_edge(self) -> list[tuple[int, int, bytes]]:
        edge = []
        with self._connection.cursor() as cursor:
            for level, index in self._merkle.peaks(0, self.size):
                table = "trail_node WHERE level = %s AND" if level else "trail_entry WHERE"
                column, given = ("hash", (level, index)) if level else ("leaf_hash", (index,))
                cursor.execute(f"SELECT {column} FROM {table} index = %s", given)
                (digest,) = cursor.fetchone() or (b"",)
                edge.append((level, index, bytes(digest)))
        return edge

    def grow_to(self, size: int) -> None:
        while self.size < size:
            upto = min(self.size + LOT, size)
            nodes: list[str] = []
            entries = "".join(self._lines(upto, nodes))
            with self._connection.cursor() as cursor:
                cursor.copy_expert(f"COPY trail_entry ({_ENTRIES}) FROM STDIN", io.StringIO(entries))
                cursor.copy_expert("COPY trail_node (district_code, level, index, hash) FROM STDIN", _file(nodes))
            self._connection.commit()
            if self.size % 1_000_000 < LOT:
                say(f"已装入 loaded {self.size:,}")

    def _lines(self, upto: int, nodes: list[str]) -> Iterator[str]:
        while self.size < upto:
            yield self._line(envelope(self.size), nodes)
            self.size += 1

    def _line(self, event: Envelope, nodes: list[str]) -> str:
        leaf, index = self._leaf, self.size
        salt = hashlib.sha256(index.to_bytes(8, "big")).digest()
        payload = leaf.document(event.actor, event.payload)
        committed = leaf.commitment(salt, payload)
        hashed = self._merkle.leaf_hash(leaf.leaf_bytes(self._appending.leaf_of(event, index, committed)))
        self._grow(index, hashed, nodes)
        at = event.occurred_at.isoformat()
        row: tuple[Any, ...] = (
            *(DISTRICT, index, ids.decode("evt", event.id), event.name, event.source, event.subject),
            *(event.subject_version, at, json.dumps(event.payload["street_codes"]), r"\N", "acc_bench", "cso"),
            *(payload.replace("\\", "\\\\"), _bytes(salt), _bytes(committed), _bytes(hashed), "f", at),
        )
        return "\t".join(map(str, row)) + "\n"

    def _grow(self, index: int, hashed: bytes, nodes: list[str]) -> None:
        edge = self._edge
        edge.append((0, index, hashed))
        while len(edge) > 1 and edge[-1][0] == edge[-2][0]:
            (level, position, right), (_, _, left) = edge.pop(), edge.pop()
            parent = (level + 1, position >> 1, self._merkle.node_hash(left, right))
            edge.append(parent)
            nodes.append(f"{DISTRICT}\t{parent[0]}\t{parent[1]}\t{_bytes(parent[2])}\n")


def _bytes(value: bytes) -> str:
    return rf"\\x{value.hex()}"


def _file(lines: list[str]) -> io.StringIO:
    return io.StringIO("".join(lines))
