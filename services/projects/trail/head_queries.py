"""Reading heads: the feed others copy, the keys, and what this log has seen of others. Oldest first throughout."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.clock import SHANGHAI
from chassis.codes import ChassisCode
from chassis.errors import InvalidError, NotFoundError
from contracts.projects.codes_trail import TrailCode
from services.projects.trail import heads, leaf
from services.projects.trail.models import TrailHead
from services.projects.trail.models_heads import TrailCopy, TrailCosignature, TrailKey, TrailPeer, TrailSeenHead


def list_trail_heads(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """The signed heads with their cosignatures; the cursor is the size of the last one shown."""
    rows = select(TrailHead).where(TrailHead.district_code == actor.district_code)
    if cursor is not None:
        rows = rows.where(TrailHead.size > number_of(cursor))
    found, more = _some(session, rows.order_by(TrailHead.size), limit)
    items = _published(session, actor.district_code, found)
    return {"items": items, "next_cursor": str(found[-1].size) if more else None}


def get_trail_notice(session: Session, *, actor: Actor, size: int | None = None) -> dict[str, Any]:
    """The newest kept head, or that of a size: what a newspaper prints is what the feed has."""
    rows = select(TrailHead).where(TrailHead.district_code == actor.district_code)
    if size is not None:
        rows = rows.where(TrailHead.size == size)
    row = session.scalars(rows.order_by(TrailHead.size.desc()).limit(1)).one_or_none()
    if row is None:
        raise NotFoundError(TrailCode.HEAD_NOT_FOUND)
    return _published(session, actor.district_code, [row])[0]


def _published(session: Session, district_code: str, found: Sequence[TrailHead]) -> list[dict[str, Any]]:
    """Heads as they are given out, with who cosigned them."""
    signed = select(TrailCosignature).where(
        TrailCosignature.district_code == district_code, TrailCosignature.size.in_([row.size for row in found])
    )
    others: dict[int, list[dict[str, Any]]] = {}
    for row in session.scalars(signed.order_by(TrailCosignature.witness)):
        others.setdefault(row.size, []).append(_cosignature(row))
    public = dict(
        session.execute(
            select(TrailKey.key_id, TrailKey.public_key).where(TrailKey.district_code == district_code)
        ).all()
    )
    return [render_head(row, public.get(row.key_id)) | {"cosignatures": others.get(row.size, [])} for row in found]


def render_head(row: TrailHead, public_key: str | None) -> dict[str, Any]:
    """A kept head as it is given out; ``public_key`` only where it is known which key signed."""
    signed = {name: getattr(row, name) for name in leaf.HEAD_FIELDS}
    head = {"log": leaf.log_name(row.district_code), **signed}
    return head | ({"public_key": public_key} if public_key else {}) | {"printed": heads.printed(head)}


def _cosignature(row: TrailCosignature) -> dict[str, Any]:
    names = ("witness", "seen_at", "key_id", "algorithm", "signature", "public_key")
    return {name: getattr(row, name) for name in names}


def list_trail_keys(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Every key that ever signed, the oldest first."""
    rows = select(TrailKey).where(TrailKey.district_code == actor.district_code)
    return _page(session, rows.order_by(TrailKey.valid_from, TrailKey.key_id), cursor, limit, _render_key)


def _render_key(row: TrailKey) -> dict[str, Any]:
    return {
        "key_id": row.key_id,
        "algorithm": row.algorithm,
        "public_key": row.public_key,
        "valid_from": at_edge(row.valid_from),
        "valid_until": at_edge(row.valid_until),
    }


def list_trail_peers(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Keys of other logs that are accepted here."""
    rows = select(TrailPeer).where(TrailPeer.district_code == actor.district_code)
    return _page(session, rows.order_by(TrailPeer.log, TrailPeer.added_at), cursor, limit, render_peer)


def render_peer(row: TrailPeer) -> dict[str, Any]:
    names = ("log", "key_id", "algorithm", "public_key")
    return {name: getattr(row, name) for name in names} | {"added_at": at_edge(row.added_at)}


def list_seen_heads(
    session: Session, *, actor: Actor, log: str | None = None, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Heads of other logs as they were shown here."""
    rows = select(TrailSeenHead).where(TrailSeenHead.district_code == actor.district_code)
    if log is not None:
        rows = rows.where(TrailSeenHead.log == log)
    ordered = rows.order_by(TrailSeenHead.log, TrailSeenHead.size, TrailSeenHead.root)
    return _page(session, ordered, cursor, limit, render_seen)


def render_seen(row: TrailSeenHead) -> dict[str, Any]:
    names = ("log", "size", "root", "time", "key_id", "algorithm", "signature", "public_key", "forked")
    shown: dict[str, Any] = {name: getattr(row, name) for name in names}
    if row.cosignature is None or row.cosigned_with is None:
        return shown | {"cosignature": None}
    made = {
        "witness": leaf.log_name(row.district_code),
        "seen_at": row.seen_at,
        "key_id": leaf.key_id(bytes.fromhex(row.cosigned_with)),
        "algorithm": leaf.ALGORITHM,
        "signature": row.cosignature,
        "public_key": row.cosigned_with,
    }
    return shown | {"cosignature": made}


def list_trail_witnesses(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Whom the log tells of its heads, and by how many entries each is behind the newest head."""
    newest = select(func.max(TrailHead.size)).where(TrailHead.district_code == actor.district_code)
    size = session.scalar(newest) or 0
    rows = select(TrailCopy).where(TrailCopy.district_code == actor.district_code).order_by(TrailCopy.witness)

    def render(row: TrailCopy) -> dict[str, Any]:
        told = {"witness": row.witness, "size": row.size, "behind": size - row.size, "failure": row.failure}
        return told | {"told_at": at_edge(row.told_at)}

    return _page(session, rows, cursor, limit, render)


def _page(
    session: Session,
    rows: Select[Any],
    cursor: str | None,
    limit: int | None,
    render: Callable[[Any], dict[str, Any]],
) -> dict[str, Any]:
    """Short lists that only grow at their end, or nearly: the cursor counts rows."""
    begin = 0 if cursor is None else number_of(cursor)
    found, more = _some(session, rows.offset(begin), limit)
    return {"items": [render(row) for row in found], "next_cursor": str(begin + len(found)) if more else None}


def _some(session: Session, rows: Select[Any], limit: int | None) -> tuple[list[Any], bool]:
    size = min(max(limit or 50, 1), db.MAX_PAGE)
    found = list(session.scalars(rows.limit(size + 1)))
    return found[:size], len(found) > size


def at_edge(moment: datetime | None) -> str | None:
    """As people read it: Asia/Shanghai, RFC 3339."""
    return None if moment is None else moment.astimezone(SHANGHAI).isoformat(timespec="seconds")


def number_of(cursor: str) -> int:
    """A cursor that is a number, as all of the trail's are."""
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) <= 16):
        raise InvalidError(ChassisCode.CURSOR_INVALID)
    return int(cursor)
