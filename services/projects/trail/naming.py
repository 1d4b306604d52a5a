"""Which field of a row was changed: found by trying what it can have been until the hash agrees."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.events import TYPES
from contracts import parties
from services.projects.trail import leaf, merkle, nodes
from services.projects.trail.models import TrailEntry

SERVICES = ("registry", "projects", "projects-trail", "resources", "notify")
MOST_NAMED = 200
VERSIONS_TRIED = 1000
size_of = nodes.size_of


@dataclass(frozen=True)
class Row:
    """A stored entry, as it is read for the audit."""

    index: int
    event_id: str
    event: str
    source: str
    subject: str
    subject_version: int
    occurred_at: datetime
    street_codes: list[str]
    organisation_id: str | None
    organisation_ids: list[str]
    actor_account_id: str | None
    actor_role: str | None
    payload: str | None
    salt: bytes | None
    commitment: bytes
    leaf_hash: bytes
    tombstone: bool
    appended_at: datetime

    def hashed(self, district_code: str) -> dict[str, Any]:
        """The leaf."""
        return {
            "v": leaf.FORMAT,
            "log": leaf.log_name(district_code),
            "index": self.index,
            "id": self.event_id,
            "event": self.event,
            "source": self.source,
            "subject": self.subject,
            "version": self.subject_version,
            "time": leaf.instant(self.occurred_at),
            "commitment": self.commitment.hex(),
        }


_COLUMNS = [getattr(TrailEntry, field.name) for field in fields(Row)]


def rows(session: Session, district_code: str, begin: int, end: int) -> list[Row]:
    """The entries of a stretch, in order."""
    mine = TrailEntry.district_code == district_code, TrailEntry.index >= begin, TrailEntry.index < end
    found = session.execute(select(*_COLUMNS).where(*mine).order_by(TrailEntry.index))
    return [Row(*row) for row in found]


def payload_faults(row: Row) -> Iterator[str]:
    """What does not follow from the committed payload; once that is erased nothing is left to compare with."""
    if (row.payload is None) != (row.salt is None):
        yield "salt" if row.salt is None else "payload"
        return
    if row.payload is None or row.salt is None:
        if row.actor_account_id is not None or row.actor_role is not None:
            yield "actor"
        return
    if leaf.commitment(row.salt, row.payload) != row.commitment:
        yield "payload, salt or commitment"
        return
    document = json.loads(row.payload)
    who, facts = document["actor"], document["facts"]
    organisation_id = facts.get("organisation_id")
    expected = {
        "actor_account_id": who["account_id"],
        "actor_role": who["role"],
        "street_codes": list(facts.get("street_codes") or []),
        "organisation_id": organisation_id if isinstance(organisation_id, str) else None,
        "organisation_ids": parties.named(facts),
        "tombstone": facts.get("discarded") is True,
    }
    yield from (name for name, value in expected.items() if getattr(row, name) != value)


def name_all(district_code: str, wrong: Iterable[tuple[Row, dict[str, Any]]], indexes: set[int]) -> None:
    """Fill in the field of each finding that has none yet, and where a row that was moved belongs."""
    for number, (row, finding) in enumerate(wrong):
        if number < MOST_NAMED and finding["field"] == "?":
            _name(district_code, row, finding, indexes)


def _name(district_code: str, row: Row, finding: dict[str, Any], indexes: set[int]) -> None:
    made = row.hashed(district_code)
    for field, values in _tries(row, indexes).items():
        for value in values:
            if merkle.leaf_hash(leaf.leaf_bytes({**made, field: value})) == row.leaf_hash:
                finding["field"] = _COLUMN.get(field, field)
                if field == "index":
                    finding |= {"kind": "entry_moved", "belongs_at": value}
                elif field != "commitment":
                    finding["was"] = value
                return
    finding["field"] = "event_id, occurred_at or more than one"


_COLUMN = {"version": "subject_version", "id": "event_id", "time": "occurred_at"}


def _tries(row: Row, indexes: set[int]) -> dict[str, Iterable[Any]]:
    near = range(max(row.subject_version - VERSIONS_TRIED, 0), row.subject_version + VERSIONS_TRIED)
    told = _texts(json.loads(row.payload)) if row.payload is not None else []
    tries: dict[str, Iterable[Any]] = {
        "event": TYPES,
        "source": SERVICES,
        "version": near,
        "subject": told,
        "index": sorted(indexes),
    }
    if row.payload is not None and row.salt is not None:
        tries["commitment"] = [leaf.commitment(row.salt, row.payload).hex()]
    return tries


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict | list):
        inner = value.values() if isinstance(value, dict) else value
        return [found for each in inner for found in _texts(each)]
    return [value] if isinstance(value, str) else []
