"""The public notice of a case: published for its full time, again whenever it was broken off."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from chassis import clock, outbox, timers
from contracts.registry.events_cases import CaseNoticePublished
from services.registry.cases import steps
from services.registry.cases.models import IncubationCase
from services.registry.policies.queries import number


def publish(session: Session, row: IncubationCase, now: datetime) -> None:
    """From today for the days of the policy: while information is asked for nobody can object, so it starts anew."""
    row.notice_until = clock.end_after(clock.day_of(now), number(session, row.district_code, "case_notice_days"))
    session.flush()
    outbox.record(
        session,
        CaseNoticePublished(
            case_id=row.id,
            organisation_id=row.organisation_id,
            notice_until=row.notice_until.isoformat(),
            street_codes=steps.streets(row),
        ),
    )
    timers.schedule(
        session, "end_case_notice", due_at=row.notice_until, district_code=row.district_code, case_id=row.id
    )
