"""Telling witnesses of new heads, in the job process: a file that only grows, or another district's log.

A head is told at least once: who dies between telling and noting it tells it again, which changes nothing.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, config, logging
from services.projects.trail import head_queries, heads, leaf, nodes
from services.projects.trail.models import TrailHead
from services.projects.trail.models_heads import TrailCopy, TrailCosignature, TrailKey

TRAIL_WITNESSES = config.setting(
    "TRAIL_WITNESSES",
    "",
    "Who keeps copies of the trail's heads, separated by spaces: file:///folder/heads.jsonl (a line a head, only ever "
    "appended to) or the address of another district's gateway, which cosigns them.",
)
SECONDS = config.setting("TRAIL_WITNESS_SECONDS", 10.0, "Seconds to wait for another district's cosignature.")
AGAIN = timedelta(seconds=60)
LOT = 200
log = logging.get(__name__)


class RefusedError(Exception):
    """The witness does not cosign; the message says why."""


def copy_heads(executor: Any) -> int:
    """One turn: whoever is behind is told; returns how many heads were told."""
    district = config.DISTRICT.get()
    return sum(_copy(executor, district, witness) for witness in TRAIL_WITNESSES.get().split())


def _copy(executor: Any, district_code: str, witness: str) -> int:
    now = clock.system_now()
    with executor.system_session("copy_heads", district_code) as session:
        copy = session.get(TrailCopy, (district_code, witness))
        if copy is not None and copy.failure is not None and now - copy.tried_at < AGAIN:
            return 0
        told = copy.size if copy is not None else 0
        fresh = _heads(session, district_code, told)
        if not fresh:
            return 0
    try:
        tell = _append if urlsplit(witness).scheme == "file" else _ask
        answer = tell(executor, witness, fresh, told)
    except (OSError, httpx.HTTPError, httpx.InvalidURL, RefusedError, ValueError) as error:
        log.warning("witness_not_told", witness=witness, error=repr(error))
        _note(executor, district_code, witness, size=told, failure=str(error) or repr(error))
        return 0
    _note(executor, district_code, witness, size=fresh[-1]["size"], failure=None, answer=answer)
    return len(fresh)


def _heads(session: Session, district_code: str, after: int) -> list[dict[str, Any]]:
    rows = select(TrailHead).where(TrailHead.district_code == district_code, TrailHead.size > after)
    public = {row.key_id: row.public_key for row in session.scalars(select(TrailKey))}
    found = session.scalars(rows.order_by(TrailHead.size).limit(LOT))
    return [head_queries.render_head(row, public.get(row.key_id)) for row in found]


def _append(executor: Any, witness: str, fresh: list[dict[str, Any]], told: int) -> None:
    """To the end of a file; on the disk before it counts."""
    path = Path(unquote(urlsplit(witness).path))
    lines = [{name: value for name, value in head.items() if name != "printed"} for head in fresh]
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    with os.fdopen(descriptor, "ab") as file:
        file.write(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())


def _ask(executor: Any, witness: str, fresh: list[dict[str, Any]], told: int) -> Mapping[str, Any]:
    """Send the newest head with the proof from what the witness last saw; its cosignature, checked."""
    head = fresh[-1]
    with httpx.Client(timeout=SECONDS.get(), trust_env=False) as client:
        reply = _post(client, executor, witness, head, told)
        size = reply.json().get("details", {}).get("size") if reply.status_code in (409, 422) else None
        if type(size) is int and 0 < size <= head["size"] and size != told:  # it saw more than was noted here
            reply = _post(client, executor, witness, head, size)
    if reply.status_code != 200:
        raise RefusedError(f"{reply.status_code} {reply.json().get('code', '')}")
    answer = reply.json()
    if answer.get("forked") or not is_cosigned(head, answer.get("cosignature")):
        raise RefusedError("forked" if answer.get("forked") else "the cosignature does not hold")
    cosignature: Mapping[str, Any] = answer["cosignature"]
    return cosignature


def _post(client: httpx.Client, executor: Any, witness: str, head: Mapping[str, Any], seen: int) -> httpx.Response:
    district = head["log"].rpartition("/")[2]
    with executor.readers() as session:
        proof = nodes.consistency(session, district, seen, head["size"]) if seen else []
    told = {name: head[name] for name in ("log", *leaf.HEAD_FIELDS)}
    address = witness.rstrip("/") + "/v1/trail/seen-heads"
    return client.post(address, json=told | {"proof": [step.hex() for step in proof]})


def is_cosigned(head: Mapping[str, Any], given: Any) -> bool:
    """Whether a witness's answer is its signature of this head."""
    names = ("witness", "seen_at", "key_id", "algorithm", "signature", "public_key")
    if not isinstance(given, dict) or not all(isinstance(given.get(name), str) for name in names):
        return False
    by = {name: given[name] for name in ("witness", "seen_at", "key_id", "algorithm")}
    if leaf.key_id(bytes.fromhex(given["public_key"])) != given["key_id"]:
        return False
    data = heads.witness_bytes(head, **by)
    return heads.is_signed(given["algorithm"], public_key=given["public_key"], signature=given["signature"], data=data)


def _note(
    executor: Any, district_code: str, witness: str, *, size: int, failure: str | None, answer: Any = None
) -> None:
    now = clock.system_now()
    with executor.system_session("copy_heads", district_code) as session:
        copy = session.get(TrailCopy, (district_code, witness))
        if copy is None:
            copy = TrailCopy(district_code=district_code, witness=witness, size=0)
            session.add(copy)
        copy.tried_at, copy.failure, copy.size = now, failure, size
        if failure is None:
            copy.told_at = now
        if answer is not None:
            names = ("witness", "seen_at", "key_id", "algorithm", "signature", "public_key")
            made = TrailCosignature(district_code=district_code, size=size, **{name: answer[name] for name in names})
            session.merge(made)
