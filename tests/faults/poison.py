"""Messages that no handler can take, and a record of each: they must end in parking, byte for byte."""

from __future__ import annotations

import hashlib
import json
import random
from typing import Any

from chassis import clock, ids
from chassis.events import Envelope
from tests.faults.load import Ledger
from tests.faults.world import ROLES, World

KINDS = ("bad_json", "wrong_type", "unknown_event", "unknown_version", "no_headers", "too_large")
EVENTS = {"back": "tally_raised", "front": "tally_seen"}


def inject(world: World, ledger: Ledger, kind: str, role: str) -> None:
    """Put a poison message of ``kind`` into the queue of ``role``'s handler."""
    headers, body = make(kind, EVENTS[role])
    digest = hashlib.sha256(body).hexdigest()
    ledger.write(poison=kind, role=role, sha256=digest)
    world.publish(
        world.queues[role],
        body,
        content_type="application/json",
        message_id=headers.get("cloudEvents_id", digest[:32]),
        application_headers=headers,
    )


def make(kind: str, event: str) -> tuple[dict[str, Any], bytes]:
    """Headers and body; every body is unlike any other."""
    envelope = Envelope(
        id=ids.new_id("evt"),
        name=event,
        source="nowhere",
        subject=f"poison-{ids.new_uuid()}",
        subject_version=1,
        district_code="370211",
        occurred_at=clock.system_now(),
    )
    payload: dict[str, Any] = {"tally_id": envelope.subject, "value": 1}
    headers = envelope.to_headers()
    if kind == "bad_json":
        return headers, json.dumps(payload).encode()[:-1] + b"\xff"
    if kind == "wrong_type":
        payload["value"] = "one"
    elif kind == "unknown_event":
        headers["cloudEvents_type"] = f"{event}_differently"
    elif kind == "unknown_version":
        headers["cloudEvents_specversion"] = "9.0"
    elif kind == "no_headers":
        headers = {}
    elif kind == "too_large":
        payload["tally_id"] += "x" * 2**20
    return headers, json.dumps(payload).encode()


def choose(rng: random.Random) -> tuple[str, str]:
    return rng.choice(KINDS), rng.choice(ROLES)
