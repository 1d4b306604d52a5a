"""The face every service has besides its own: jobs, the demonstration's clock, and how its bus is doing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, config, jobs, person
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import ForbiddenError, InvalidError
from chassis.file_access import Holders
from chassis.person import Part
from chassis.runtime import parked, retention, settling
from chassis.runtime.entrypoints import command, every, rpc
from chassis.runtime.parked import operator_of
from chassis.runtime.settling import Discards
from chassis.sheets import retention as sheets
from chassis.standard import OPERATIONS as OPERATIONS
from chassis.tables import (
    WAITS,
    DistrictClock,
    InboxEvent,
    Job,
    OutboxEvent,
    OutboxWaiting,
    Parked,
    Retrying,
    SubjectVersion,
    Timer,
)

_HISTORY = timedelta(minutes=15)


class Housekeeping:
    """Mixed into every service class.

    ``discards``: ``{queue: hook(session, *, envelope, reason)}`` for queues of which a discarded event must leave a
    mark, in the same transaction. ``holders``: where the service names stored files.
    ``sheet_jobs``: jobs whose files go with them (chassis/sheets/retention.py). ``parts``: what it keeps about a
    person.
    """

    discards: ClassVar[Discards] = {}
    holders: ClassVar[Holders | None] = None
    sheet_jobs: ClassVar[frozenset[str]] = frozenset()
    parts: ClassVar[Sequence[Part]] = ()

    @every(seconds=3600)
    def prune_old(self, session: Session) -> None:
        retention.prune(session)

    @rpc
    def get_job(self, session: Session, *, actor: Actor, job_id: str) -> dict[str, Any]:
        return jobs.view(jobs.get(session, job_id, account_id=actor.account_id))

    @rpc
    def get_file_access(self, session: Session, *, actor: Actor, sha256: str) -> dict[str, Any]:
        return {"allowed": self.holders is not None and self.holders.may_see(session, actor, sha256)}

    @rpc
    def count_file_holders(self, session: Session, *, actor: Actor, sha256: str) -> dict[str, Any]:
        rows = 0 if self.holders is None else self.holders.count(session, sha256)
        waiting = sheets.count_jobs(session, sha256, names=self.sheet_jobs, now=clock.system_now())
        return {"holders": rows + waiting}

    @rpc
    def get_personal_data(self, session: Session, *, actor: Actor, account_id: str) -> dict[str, Any]:
        return {"data": person.collect(session, self.parts, account_id)}

    @rpc
    def get_clock(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return _clock_view(session, actor.district_code)

    @command
    def advance_clock(self, session: Session, *, actor: Actor, seconds: int) -> dict[str, Any]:
        if not config.DEMO.get():
            raise ForbiddenError(ChassisCode.CLOCK_NOT_DEMO)
        return move_clock(session, actor.district_code, seconds)

    @rpc
    def get_bus_state(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return bus_state(session)

    @rpc
    def list_sent_events(self, session: Session, *, actor: Actor, after: int) -> dict[str, Any]:
        """From the beginning (``after`` 0) only what is new: a handler that came later never heard what is old."""
        columns = (OutboxEvent.id, OutboxEvent.name, OutboxEvent.position, OutboxEvent.recorded_at)
        rows = session.execute(
            select(*columns, WAITS.label("waits")).where(OutboxEvent.position > after).order_by(OutboxEvent.position)
        ).all()
        sent = [row for row in rows if not row.waits]
        since = clock.system_now() - _HISTORY if after == 0 else None
        return {
            "events": [[row.id, row.name] for row in sent if since is None or row.recorded_at >= since],
            "unsent": len(rows) - len(sent),
            "position": rows[-1].position if rows else after,
        }

    @rpc
    def count_missing_events(self, session: Session, *, actor: Actor, pairs: list[list[str]]) -> dict[str, Any]:
        events = {event_id for _, event_id in pairs}
        seen = session.execute(
            select(InboxEvent.handler, InboxEvent.event_id).where(InboxEvent.event_id.in_(events))
        ).all()
        parked = session.execute(select(Parked.queue, Parked.event_id).where(Parked.event_id.in_(events))).all()
        known = set(seen) | set(parked)
        return {"missing": sum((handler, event_id) not in known for handler, event_id in pairs)}

    # parked messages --------------------------------------------------------------------------------------------

    @rpc
    def list_parked_groups(self, session: Session, *, actor: Actor, **page: Any) -> dict[str, Any]:
        return parked.list_groups(session, operator_of(actor), **page)

    @rpc
    def list_parked(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return parked.list_messages(session, operator_of(actor), **filters)

    @rpc
    def get_parked(self, session: Session, *, actor: Actor, parked_id: str) -> dict[str, Any]:
        return parked.get_message(session, operator_of(actor), parked_id)

    @command
    def replay_parked(self, session: Session, *, actor: Actor, parked_id: str) -> dict[str, Any]:
        return settling.replay(session, operator_of(actor), parked_id)

    @command
    def discard_parked(self, session: Session, *, actor: Actor, parked_id: str, reason: str) -> dict[str, Any]:
        return settling.discard(session, operator_of(actor), parked_id, reason=reason, discards=self.discards)

    @command
    def replay_parked_group(self, session: Session, *, actor: Actor, fingerprint: str) -> dict[str, int]:
        return settling.replay_many(session, operator_of(actor), fingerprint=fingerprint)

    @command
    def discard_parked_group(self, session: Session, *, actor: Actor, fingerprint: str, reason: str) -> dict[str, int]:
        wanted = {"fingerprint": fingerprint, "reason": reason}
        return settling.discard_many(session, operator_of(actor), discards=self.discards, **wanted)

    @command
    def replay_all_parked(self, session: Session, *, actor: Actor) -> dict[str, int]:
        return settling.replay_many(session, operator_of(actor))

    @command
    def discard_all_parked(self, session: Session, *, actor: Actor, reason: str) -> dict[str, int]:
        return settling.discard_many(session, operator_of(actor), reason=reason, discards=self.discards)


def move_clock(session: Session, district_code: str, seconds: int) -> dict[str, Any]:
    """Forward only; the row is shared by all processes of the service."""
    if seconds <= 0:
        raise InvalidError(ChassisCode.CLOCK_BACKWARD)
    statement = insert(DistrictClock).values(district_code=district_code, offset_seconds=seconds)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["district_code"], set_={"offset_seconds": DistrictClock.offset_seconds + seconds}
        )
    )
    session.info.pop("clock_offsets", None)
    return _clock_view(session, district_code)


def bus_state(session: Session) -> dict[str, Any]:
    """What waits in this service's database."""
    system = clock.system_now()
    return {
        **_unsent(session, system),
        "retrying": _count(session, Retrying),
        **_parked(session, system),
        "jobs": _count(session, Job, Job.status.in_(["queued", "running"])),
        "timers_due": _timers_due(session, system),
        "recorded": int(session.scalar(select(func.sum(SubjectVersion.version))) or 0),
        "position": session.scalar(select(func.max(OutboxEvent.position))) or 0,
    }


def _unsent(session: Session, now: datetime) -> dict[str, Any]:
    waiting = select(func.count(), func.min(OutboxEvent.recorded_at)).select_from(OutboxWaiting)
    joined = waiting.join(OutboxEvent, OutboxEvent.position == OutboxWaiting.position)
    count, oldest = session.execute(joined).one()
    waits = None if oldest is None else round(max(0.0, (now - oldest).total_seconds()), 1)
    return {"unsent": count, "oldest_unsent_seconds": waits}


def _parked(session: Session, now: datetime) -> dict[str, int]:
    late = func.count().filter(Parked.asked_at.is_(None), parked.expired(now))
    asked = func.count().filter(Parked.asked_at.is_not(None))
    found = session.execute(select(func.count(), late, asked).where(parked.OPEN)).one()
    return dict(zip(("parked", "parked_expired", "replaying"), found, strict=True))


def _timers_due(session: Session, now: datetime) -> int:
    ahead = session.scalar(select(func.max(DistrictClock.offset_seconds))) or 0
    due = Timer.due_at <= now + timedelta(seconds=ahead)
    return _count(session, Timer, Timer.fired_at.is_(None), Timer.cancelled_at.is_(None), due)


def _count(session: Session, model: Any, *where: Any) -> int:
    return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def _clock_view(session: Session, district_code: str) -> dict[str, Any]:
    now = clock.now(session, district_code).astimezone(clock.SHANGHAI)
    ahead = clock.offset(session, district_code)
    return {
        "now": now.isoformat(timespec="seconds"),
        "offset_seconds": int(ahead.total_seconds()),
        "demo": config.DEMO.get(),
    }
