"""Parking: a message that cannot be handled is kept byte for byte, with the error and its fingerprint."""

from __future__ import annotations

import hashlib
import math
import re
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.runtime import retrying
from chassis.tables import Parked

ATTEMPT = "x-footprint-attempt"
REPLAY = "x-footprint-replay"
ERROR = "x-footprint-error"
FINGERPRINT = "x-footprint-fingerprint"
_FINGERPRINT = re.compile(r"[0-9a-f]{64}\Z")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_BROKERS_OWN = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A message as parking sees it: whichever host carried it."""

    queue: str
    headers: Mapping[str, Any]
    body: bytes
    content_type: str | None = None
    message_id: str | None = None

    @property
    def attempt(self) -> int:
        """How many times it was retried."""
        found = self.headers.get(ATTEMPT, 0)
        return found if isinstance(found, int) else 0


def own_headers(headers: Mapping[str, Any]) -> dict[str, Any]:
    """Without what the broker adds: a message sent on must not carry another queue's deaths."""
    return {name: value for name, value in headers.items() if not name.startswith(_BROKERS_OWN)}


def error_headers(error: BaseException, *, queue: str) -> dict[str, Any]:
    """What travels to the park queue beside the message. The first line of the error only: later ones quote rows."""
    return {ERROR: summary(error), FINGERPRINT: fingerprint(queue, type(error).__name__, first_frame(error))}


def summary(error: BaseException) -> str:
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0]}"[:1000]


def first_frame(error: BaseException) -> str:
    """Where it was raised, without a line number: the same defect keeps its fingerprint over releases."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].name}" if frames else ""


def fingerprint(queue: str, error_type: str, frame: str) -> str:
    return hashlib.sha256(f"{queue}\n{error_type}\n{frame}".encode()).hexdigest()


def store(session: Session, letter: Letter) -> None:
    """Keep a parked message; a second delivery of the same parking is the same row.

    Where that row was settled meanwhile, an equal message is a new one: taking it for the old one would lose it.
    """
    death = _death(letter.headers)
    error = str(letter.headers.get(ERROR) or f"dead-lettered by the broker: {death.get('reason', 'unknown')}")
    known = letter.headers.get(FINGERPRINT)
    event_id = _event_id(letter)
    row = {
        "queue": letter.queue[:160],
        "event_id": event_id,
        "headers": _jsonable(own_headers(letter.headers)),
        "content_type": storable_text(letter.content_type)[:80] if letter.content_type else None,
        "body": letter.body,
        "error": storable_text(error),
        "fingerprint": known if _is_fingerprint(known) else fingerprint(letter.queue, str(death.get("reason")), ""),
        "parked_at": clock.system_now(),
    }
    key = ids.encode("prk", _identity(letter, death))
    while not _keep(session, key, row):
        key = ids.encode("prk", uuid.UUID(bytes=hashlib.sha256(key.encode()).digest()[:16]))
    retrying.forget(session, queue=letter.queue, event_id=event_id)


def _keep(session: Session, key: str, row: dict[str, Any]) -> bool:
    """Whether the message is among those that wait, under this key."""
    made = session.execute(insert(Parked).values(id=key, **row).on_conflict_do_nothing().returning(Parked.id))
    if made.scalar_one_or_none() is not None:
        return True
    return session.execute(select(Parked.settled_at).where(Parked.id == key)).scalar_one_or_none() is None


def storable_text(text: str) -> str:
    """Without NUL and halves of surrogate pairs: PostgreSQL holds neither, and a park queue must never be stuck."""
    return _UNSTORABLE.sub("�", text)


def _is_fingerprint(value: object) -> bool:
    return isinstance(value, str) and _FINGERPRINT.match(value) is not None


def _event_id(letter: Letter) -> str | None:
    found = letter.headers.get("cloudEvents_id") or letter.message_id
    return storable_text(str(found))[:60] if found else None


def _identity(letter: Letter, death: Mapping[str, Any]) -> uuid.UUID:
    """One parking, one id: the same message, attempt and replay delivered twice is stored once."""
    parts = (letter.queue, letter.message_id, letter.headers.get(ATTEMPT), letter.headers.get(REPLAY))
    told = "" if ERROR in letter.headers else f"{death.get('count')} {death.get('time')}"
    digest = hashlib.sha256(repr((parts, told)).encode() + b"\n" + letter.body).digest()
    return uuid.UUID(bytes=digest[:16])


def _death(headers: Mapping[str, Any]) -> Mapping[str, Any]:
    deaths = headers.get("x-death")
    return deaths[0] if isinstance(deaths, list) and deaths and isinstance(deaths[0], dict) else {}


def _jsonable(value: Any) -> Any:
    """AMQP tables hold bytes, instants and numbers that are none; jsonb does not."""
    if isinstance(value, Mapping):
        return {str(_jsonable(name)): _jsonable(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, str):
        return storable_text(value)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, (bool, int, float)) else storable_text(str(value))
