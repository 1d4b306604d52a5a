"""What must be remembered of a sign-in that is refused.

A refusal rolls the command's transaction back, and the count of failures with it. So these few rows are written in a
transaction of their own: the one exception to "nobody but the seam commits" in this service.

Guesses at one login wait for each other: :func:`take_turn` holds a lock from before the count is read until the
command's transaction ends, and a failure is committed before that. So however many come at once, no more are verified
than the policy allows. Whoever waits holds one connection, as he does while a password is verified; the one whose turn
it is needs a second for the count, and the pool has more connections than there are workers.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import context, outbox, revocations
from chassis.errors import UnauthenticatedError
from contracts.registry.codes import RegistryCode
from contracts.registry.events import SessionRevoked
from contracts.registry.events_identity import SignInLocked
from services.registry import scope
from services.registry.accounts import domain
from services.registry.policies.queries import number
from services.registry.sessions.models import SignInAttempt, SignInSession


def take_turn(session: Session, district_code: str, login_index: str, now: datetime) -> None:
    """Waits for the other guesses at this login; refuses while it is locked."""
    hold(session, district_code, login_index)
    until = session.scalar(select(SignInAttempt.locked_until).where(_of(district_code, login_index)))
    if until is not None and until > now:
        wait = int((until - now).total_seconds()) + 1
        raise UnauthenticatedError(RegistryCode.SIGN_IN_LOCKED, retry_after_seconds=wait)


def hold(session: Session, district_code: str, login_index: str) -> None:
    """Before the account's own row is locked, by whoever locks both."""
    scope.hold(session, f"sign_in:{district_code}:{login_index}")


def record_failure(
    session: Session, district_code: str, login_index: str, now: datetime, *, account_id: str | None = None
) -> None:
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
        context.bind(own, context.of(session))
        failures = own.execute(counted.returning(SignInAttempt.failures)).scalar_one()
        seconds = domain.lock_seconds(failures, **rules)
        if seconds:
            until = now + timedelta(seconds=seconds)
            own.execute(update(SignInAttempt).where(_of(district_code, login_index)).values(locked_until=until))
            if account_id is not None:
                outbox.record(own, SignInLocked(account_id=account_id, failures=failures, seconds=seconds))


def forget(session: Session, district_code: str, login_index: str) -> None:
    """After a success."""
    session.execute(delete(SignInAttempt).where(_of(district_code, login_index)))


def revoke_stolen(session: Session, row: SignInSession, now: datetime) -> None:
    """A refresh token came twice: somebody copied it. The session ends for both."""
    session_id, account_id, ctx = row.id, row.account_id, context.of(session)
    session.rollback()  # lets go of the row, which the transaction below needs
    with Session(session.get_bind()) as own, own.begin():
        context.bind(own, ctx)
        done = own.execute(
            update(SignInSession)
            .where(SignInSession.id == session_id, SignInSession.revoked_at.is_(None))
            .values(revoked_at=now, end_reason="token_reused")
            .returning(SignInSession.id)
        ).first()
        if done is not None:
            revocations.note(own, session_id)
            outbox.record(own, SessionRevoked(session_id=session_id, account_id=account_id, reason="token_reused"))


def _of(district_code: str, login_index: str) -> ColumnElement[bool]:
    return and_(SignInAttempt.district_code == district_code, SignInAttempt.login_index == login_index)
