"""RPCs, commands and clocks of attendance."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.attendance import actions, correcting, documents, offline, queries, settling


class AttendanceRecords:
    """Who came, and what it adds up to."""

    @command
    def check_in_to_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.check_in_to_activity(session, actor=actor, now=_now(session, actor), **given)

    @command
    def check_out_of_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.check_out_of_activity(session, actor=actor, now=_now(session, actor), **given)

    @command
    def record_walk_in(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.record_walk_in(session, actor=actor, now=_now(session, actor), **given)

    @command
    def record_departure(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.record_departure(session, actor=actor, now=_now(session, actor), **given)

    @command
    def erase_attendance(self, session: Session, *, actor: Actor, attendance_id: str) -> dict[str, Any]:
        return actions.erase_attendance(session, actor=actor, attendance_id=attendance_id)

    @command
    def issue_offline_list(self, session: Session, *, actor: Actor, activity_id: str) -> dict[str, Any]:
        return offline.issue_offline_list(session, actor=actor, now=_now(session, actor), activity_id=activity_id)

    @command
    def upload_offline_check_ins(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return offline.upload_offline_check_ins(session, actor=actor, now=_now(session, actor), **given)

    @command
    def hold_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return settling.hold_activity(session, actor=actor, now=_now(session, actor), **given)

    @timer
    def hold_activity_on_time(
        self, session: Session, *, actor: Actor, now: datetime, activity_id: str, starts_at: str
    ) -> None:
        settling.hold_on_time(session, actor=actor, now=now, activity_id=activity_id, starts_at=starts_at)

    @command
    def close_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return settling.close_activity(session, actor=actor, now=_now(session, actor), **given)

    @timer
    def close_activity_on_time(self, session: Session, *, actor: Actor, now: datetime, activity_id: str) -> None:
        settling.close_on_time(session, actor=actor, now=now, activity_id=activity_id)

    @command
    def cancel_activity(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return settling.cancel_activity(session, actor=actor, **given)

    @rpc
    def get_attendance(self, session: Session, *, actor: Actor, attendance_id: str) -> dict[str, Any]:
        return queries.get_attendance(session, actor=actor, attendance_id=attendance_id)

    @rpc
    def list_attendances(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_attendances(session, actor=actor, **filters)

    @rpc
    def list_own_attendances(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_own_attendances(session, actor=actor, **filters)

    @command
    def correct_attendance(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return correcting.correct_attendance(session, actor=actor, now=_now(session, actor), **given)

    @command
    def approve_attendance_correction(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return correcting.approve_attendance_correction(session, actor=actor, now=_now(session, actor), **given)

    @command
    def refuse_attendance_correction(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return correcting.refuse_attendance_correction(session, actor=actor, now=_now(session, actor), **given)

    @rpc
    def get_attendance_correction(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.get_attendance_correction(session, actor=actor, **given)

    @rpc
    def list_attendance_corrections(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_attendance_corrections(session, actor=actor, **filters)

    @rpc
    def get_platform_record(self, session: Session, *, actor: Actor, **period: Any) -> dict[str, Any]:
        return queries.get_platform_record(session, actor=actor, **period)

    @rpc
    def get_platform_record_file(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, str]:
        return documents.get_platform_record_file(session, actor=actor, **given)

    @rpc
    def get_organisation_record(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.get_organisation_record(session, actor=actor, **given)

    @rpc
    def get_organisation_record_file(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, str]:
        return documents.get_organisation_record_file(session, actor=actor, **given)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
