"""What must be remembered of a sign-in that is refused.

A refusal rolls the command's transaction back, and the count of failures with it. So these few rows are written in a
transaction of their own: the one exception to "nobody but the seam commits" in this service.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import context, outbox
from chassis.errors import UnauthenticatedError
from contracts.registry.codes import RegistryCode
from contracts.registry.events import SessionRevoked
from services.registry.accounts import domain
from services.registry.policies.queries import number
from services.registry.sessions.models import SignInAttempt, SignInSession


def check_unlocked(session: Session, district_code: str, login_index: str, now: datetime) -> None:
    """Refuses while the login is locked."""
    until = session.scalar(
        select(SignInAttempt.locked_until).where(
            SignInAttempt.district_code == district_code, SignInAttempt.login_index == login_index
        )
    )
    if until is not None and until > now:
        wait = int((until - now).total_seconds()) + 1
        raise UnauthenticatedError(RegistryCode.SIGN_IN_LOCKED, retry_after_seconds=wait)


def record_failure(session: Session, district_code: str, login_index: str, now: datetime) -> None:
    """Counts one more, and locks from the allowed number on."""
    rules = {
        "allowed": number(session, district_code, "sign_in_failures"),
        "first": number(session, district_code, "sign_in_lock_seconds"),
        "most": number(session, district_code, "sign_in_lock_most_seconds"),
    }
    counted = insert(SignInAttempt).values(district_code=district_code, login_index=login_index, failures=1)
    counted = counted.on_conflict_do_update(
        index_elements=["district_code", "login_index"], set_={"failures": SignInAttempt.failures + 1}
    )
    with Session(session.get_bind()) as own, own.begin():
        failures = own.execute(counted.returning(SignInAttempt.failures)).scalar_one()
        seconds = domain.lock_seconds(failures, **rules)
        if seconds:
            mine = (SignInAttempt.district_code == district_code) & (SignInAttempt.login_index == login_index)
            own.execute(update(SignInAttempt).where(mine).values(locked_until=now + timedelta(seconds=seconds)))


def revoke_stolen(session: Session, row: SignInSession, now: datetime) -> None:
    """A refresh token came twice: somebody copied it. The session ends for both."""
    session_id, account_id, ctx = row.id, row.account_id, context.of(session)
    session.rollback()  # lets go of the row, which the transaction below needs
    with Session(session.get_bind()) as own, own.begin():
        context.bind(own, ctx)
        done = own.execute(
            update(SignInSession)
            .where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
            .values(revoked_at=now)
            .returning(SignInSession.id)
        ).first()
        if done is not None:
            outbox.record(own, SessionRevoked(session_id=session_id, account_id=account_id, reason="token_reused"))
