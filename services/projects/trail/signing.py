"""Signing heads every so many entries or seconds, and the keys that did."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import config, outbox
from contracts.projects.events_trail import TrailKeyRotated
from services.projects.trail import keys, leaf, nodes
from services.projects.trail.models import TrailHead
from services.projects.trail.models_heads import TrailKey

HEAD_ENTRIES = config.setting(
    "TRAIL_HEAD_ENTRIES", 1000, "A head of the trail is signed at the latest after so many entries."
)
HEAD_SECONDS = config.setting(
    "TRAIL_HEAD_SECONDS", 60.0, "A head of the trail is signed at the latest so many seconds after the one before."
)


def sign_current_head(session: Session, *, district_code: str, now: datetime) -> int:
    """Sign and keep the head of the log as it is; returns its size. Nothing is signed twice."""
    size = nodes.size_of(session, district_code)
    known = session.get(TrailHead, (district_code, size))
    if size == 0 or known is not None:
        return size
    root = nodes.root(session, district_code, size)
    head = keys.sign_head(keys.signing_key(), log=leaf.log_name(district_code), size=size, root=root, now=now)
    session.execute(upsert(TrailHead).values(district_code=district_code, **head).on_conflict_do_nothing())
    note_key(session, district_code=district_code, now=now)
    return size


def sign_when_due(session: Session, *, district_code: str, now: datetime) -> None:
    """Sign where enough entries came, or enough time went by, since the last head."""
    size = nodes.size_of(session, district_code)
    newest = select(TrailHead.size, TrailHead.time).where(TrailHead.district_code == district_code)
    last = session.execute(newest.order_by(TrailHead.size.desc()).limit(1)).first()
    if last is not None and size - last.size < HEAD_ENTRIES.get():
        old = now - datetime.fromisoformat(last.time) >= timedelta(seconds=HEAD_SECONDS.get())
        if size == last.size or not old:
            note_key(session, district_code=district_code, now=now)  # also where nothing is signed with it yet
            return
    sign_current_head(session, district_code=district_code, now=now)


def sign_when_many(session: Session, *, district_code: str, now: datetime) -> None:
    """The same for who appends: only the count matters, and a process without a key does not sign."""
    size = nodes.size_of(session, district_code)
    last = select(TrailHead.size).where(TrailHead.district_code == district_code)
    signed = session.scalar(last.order_by(TrailHead.size.desc()).limit(1)) or 0
    if size - signed >= HEAD_ENTRIES.get() and keys.is_configured():
        sign_current_head(session, district_code=district_code, now=now)


def note_key(session: Session, *, district_code: str, now: datetime) -> None:
    """Keep the public half of the key in use; where it took another's place, that is an entry of the log."""
    public = keys.public_bytes(keys.signing_key())
    key_id = leaf.key_id(public)
    mine = select(TrailKey).where(TrailKey.district_code == district_code)
    in_force = session.scalars(mine.where(TrailKey.valid_until.is_(None))).all()
    if [row.key_id for row in in_force] == [key_id]:
        return
    rows = session.scalars(mine.with_for_update().execution_options(populate_existing=True)).all()
    in_use = [row for row in rows if row.valid_until is None and row.key_id != key_id]
    known = next((row for row in rows if row.key_id == key_id), None)
    if known is not None and known.valid_until is None and not in_use:
        return
    for row in in_use:
        row.valid_until = now
    if known is None:
        key = {"key_id": key_id, "algorithm": leaf.ALGORITHM, "public_key": public.hex()}
        made = upsert(TrailKey).values(district_code=district_code, **key, valid_from=now).on_conflict_do_nothing()
        session.execute(made)
    else:
        known.valid_until = None
    if rows:
        replaced = sorted(row.key_id for row in in_use)
        told = TrailKeyRotated(
            log_id=log_id(district_code), key_id=key_id, previous_key_ids=replaced, algorithm=leaf.ALGORITHM
        )
        outbox.record(session, told)


def log_id(district_code: str) -> str:
    """The log as the subject of events about itself."""
    return f"trail_{district_code}"
