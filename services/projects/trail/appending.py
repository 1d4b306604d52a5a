"""Appending to the log: leaves and the nodes they complete, a whole lot in a handful of statements.

The right edge of the tree (its peaks) is read once; from then on every hash is made in memory.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.events import Envelope
from contracts import parties
from services.projects.trail import leaf, merkle, nodes

_ENTRY_COLUMNS = {
    "index": "bigint",
    "event_id": "uuid",
    "event": "text",
    "source": "text",
    "subject": "text",
    "subject_version": "bigint",
    "occurred_at": "timestamptz",
    "street_codes": "jsonb",
    "organisation_id": "text",
    "organisation_ids": "jsonb",
    "actor_account_id": "text",
    "actor_role": "text",
    "payload": "text",
    "salt": "bytea",
    "commitment": "bytea",
    "leaf_hash": "bytea",
    "tombstone": "boolean",
    "appended_at": "timestamptz",
}
_NODE_COLUMNS = {"level": "smallint", "index": "bigint", "hash": "bytea"}


def _many(table: str, columns: Mapping[str, str]) -> Any:
    """One statement for any number of rows: a column is an array."""
    names = ", ".join(f'"{name}"' for name in columns)
    arrays = ", ".join(f"CAST(:{name} AS {kind}[])" for name, kind in columns.items())
    return text(
        f"INSERT INTO {table} (district_code, {names}) SELECT :district_code, row.* FROM unnest({arrays}) AS row"
    )


_INSERT_ENTRIES = _many("trail_entry", _ENTRY_COLUMNS)
_INSERT_NODES = _many("trail_node", _NODE_COLUMNS)


class Appender:
    """Appends to one district's log in a transaction that holds its lock; :meth:`write` must follow."""

    def __init__(self, session: Session, district_code: str) -> None:
        self._session = session
        self._district = district_code
        self.size = nodes.size_of(session, district_code)
        peaks = merkle.peaks(0, self.size)
        node = nodes.fetch(session, district_code, peaks)
        self._edge = [(level, index, node(level, index)) for level, index in peaks]
        self._entries: list[tuple[Any, ...]] = []
        self._nodes: list[tuple[int, int, bytes]] = []
        self._now = clock.system_now()

    def append(self, envelope: Envelope, *, tombstone: bool = False) -> int:
        """Append one leaf; returns its index."""
        index = self.size
        salt, payload = secrets.token_bytes(leaf.SALT_BYTES), leaf.document(envelope.actor, envelope.payload)
        committed = leaf.commitment(salt, payload)
        hashed = merkle.leaf_hash(leaf.leaf_bytes(leaf_of(envelope, index, committed)))
        self._entries.append((index, *_facts(envelope), payload, salt, committed, hashed, tombstone, self._now))
        self._grow(index, hashed)
        self.size += 1
        return index

    def _grow(self, index: int, hashed: bytes) -> None:
        self._edge.append((0, index, hashed))
        while len(self._edge) > 1 and self._edge[-1][0] == self._edge[-2][0]:
            (level, position, right), (_, _, left) = self._edge.pop(), self._edge.pop()
            parent = (level + 1, position >> 1, merkle.node_hash(left, right))
            self._edge.append(parent)
            self._nodes.append(parent)

    def write(self) -> None:
        """Insert what was appended: two statements, however much it is."""
        self._insert(_INSERT_ENTRIES, _ENTRY_COLUMNS, self._entries)
        self._insert(_INSERT_NODES, _NODE_COLUMNS, self._nodes)
        self._entries, self._nodes = [], []

    def _insert(self, statement: Any, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            arrays = {name: list(values) for name, values in zip(columns, zip(*rows, strict=True), strict=True)}
            self._session.connection().execute(statement, arrays | {"district_code": self._district})


def leaf_of(envelope: Envelope, index: int, committed: bytes) -> dict[str, Any]:
    """The hashed fields of an entry."""
    return {
        "v": leaf.FORMAT,
        "log": leaf.log_name(envelope.district_code),
        "index": index,
        "id": envelope.id,
        "event": envelope.name,
        "source": envelope.source,
        "subject": envelope.subject,
        "version": envelope.subject_version,
        "time": leaf.instant(envelope.occurred_at),
        "commitment": committed.hex(),
    }


def _facts(envelope: Envelope) -> tuple[Any, ...]:
    """The columns from ``event_id`` to ``actor_role``."""
    organisation_id = envelope.payload.get("organisation_id")
    streets = list(envelope.payload.get("street_codes") or [])
    return (
        str(ids.decode("evt", envelope.id)),
        envelope.name,
        envelope.source,
        envelope.subject,
        envelope.subject_version,
        envelope.occurred_at,
        msgspec.json.encode(streets).decode(),
        organisation_id if isinstance(organisation_id, str) else None,
        msgspec.json.encode(parties.named(envelope.payload)).decode(),
        envelope.actor.get("account_id"),
        envelope.actor.get("role"),
    )
