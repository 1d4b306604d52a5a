"""Bearing witness to other logs: a head is cosigned where it provably extends the last one seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.projects.codes_trail import TrailCode
from contracts.projects.events_trail import TrailForkFound
from services.projects.trail import head_queries, heads, keys, leaf, signing
from services.projects.trail.models_heads import TrailPeer, TrailSeenHead


def add_trail_peer(
    session: Session, *, actor: Actor, now: datetime, log: str, algorithm: str, public_key: str
) -> dict[str, Any]:
    """Accept a key of another log; naming it again changes nothing, and its older keys stay accepted."""
    if algorithm not in heads.ALGORITHMS:
        raise InvalidError(TrailCode.ALGORITHM_UNKNOWN, algorithm=algorithm)
    if log == leaf.log_name(actor.district_code):
        raise InvalidError(TrailCode.PEER_IS_SELF)
    key_id = leaf.key_id(bytes.fromhex(public_key))
    peer = session.get(TrailPeer, (actor.district_code, log, key_id))
    if peer is None:
        named = {"log": log, "key_id": key_id, "algorithm": algorithm, "public_key": public_key}
        peer = TrailPeer(district_code=actor.district_code, **named, added_at=now)
        session.add(peer)
    return head_queries.render_peer(peer)


def cosign_trail_head(
    session: Session, *, actor: Actor, now: datetime, proof: Sequence[str], **head: Any
) -> dict[str, Any]:
    """See a head of another log. Two roots of one size are a fork: kept as evidence, told, and never cosigned."""
    district = actor.district_code
    _lock(session, district, head["log"])
    public_key = _checked(session, district, head)
    same = session.get(TrailSeenHead, (district, head["log"], head["size"], head["root"]))
    if same is not None:
        return head_queries.render_seen(same)
    mine = select(TrailSeenHead).where(TrailSeenHead.district_code == district, TrailSeenHead.log == head["log"])
    others = session.scalars(mine.where(TrailSeenHead.size == head["size"])).all()
    row = TrailSeenHead(district_code=district, **head, public_key=public_key, seen_at=leaf.instant(now), forked=False)
    if others:
        _tell_fork(session, row, others)
    else:
        if session.scalar(mine.where(TrailSeenHead.forked)) is not None:
            raise ConflictError(TrailCode.LOG_FORKED)
        last = session.scalars(mine.order_by(TrailSeenHead.size.desc()).limit(1)).one_or_none()
        _check_growth(last, head, proof)
        _cosign(row, district)
    session.add(row)
    return head_queries.render_seen(row)


def _lock(session: Session, district_code: str, log: str) -> None:
    named = {"name": f"witness/{district_code}/{log}"}
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), named)


def _checked(session: Session, district_code: str, head: dict[str, Any]) -> str:
    """The registered key that signed it."""
    if head["algorithm"] not in heads.ALGORITHMS:
        raise InvalidError(TrailCode.ALGORITHM_UNKNOWN, algorithm=head["algorithm"])
    peer = session.get(TrailPeer, (district_code, head["log"], head["key_id"]))
    if peer is None or peer.algorithm != head["algorithm"]:
        raise NotFoundError(TrailCode.PEER_UNKNOWN)
    if not heads.holds(head, peer.public_key):
        raise InvalidError(TrailCode.HEAD_SIGNATURE_INVALID)
    return peer.public_key


def _check_growth(last: TrailSeenHead | None, head: dict[str, Any], proof: Sequence[str]) -> None:
    if last is None:
        return
    if head["size"] < last.size:
        raise ConflictError(TrailCode.HEAD_OLDER, size=last.size)
    if not heads.extends({"size": last.size, "root": last.root}, head, proof):
        raise InvalidError(TrailCode.HEAD_PROOF_INVALID, size=last.size)


def _cosign(row: TrailSeenHead, district_code: str) -> None:
    key = keys.signing_key()
    row.cosigned_with = keys.public_bytes(key).hex()
    told = heads.witness_bytes(
        {"log": row.log, "size": row.size, "root": row.root},
        witness=leaf.log_name(district_code),
        seen_at=row.seen_at,
        key_id=leaf.key_id(bytes.fromhex(row.cosigned_with)),
        algorithm=leaf.ALGORITHM,
    )
    row.cosignature = key.sign(told).hex()


def _tell_fork(session: Session, row: TrailSeenHead, others: Sequence[TrailSeenHead]) -> None:
    row.forked = True
    for other in others:
        other.forked = True
    roots = sorted({row.root, *(other.root for other in others)})
    log_id = signing.log_id(row.district_code)
    outbox.record(session, TrailForkFound(log_id=log_id, log=row.log, size=row.size, roots=roots))
