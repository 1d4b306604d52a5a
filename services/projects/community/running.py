"""A community project's sessions: planned, filled with orders, held, paid for, called off."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events_community as events
from contracts.projects.codes_community import CommunityCode
from contracts.projects.community_views import CommunitySpendingView
from services.projects.community import domain, queries
from services.projects.community.actions import check_time, record, settle_orders, take
from services.projects.community.models import (
    CommunityProject,
    CommunityReceipt,
    CommunitySession,
    CommunitySpending,
)
from services.projects.delivery.models import SpendingReceipt
from services.projects.orders import actions as orders
from services.projects.orders import policies as order_policies
from services.projects.orders import queries as order_queries

View = dict[str, Any]


def _step(
    session: Session, actor: Actor, session_id: str, action: str, session_action: str, expected: int | None = None
) -> tuple[CommunityProject, CommunitySession]:
    """The project, locked with its next state, and its session with its own."""
    one = queries.find_session(session, session_id, actor)
    row = take(session, actor, one.community_project_id, action)
    session.refresh(one, with_for_update=True)
    db.check_version(one, expected)
    one.status = domain.next_session_status(one.status, session_action)
    return row, one


def _shown(session: Session, one: CommunitySession) -> View:
    return queries.render_sessions(session, [one])[0]


def _about(one: CommunitySession) -> dict[str, Any]:
    return {"community_session_id": one.id, "number": one.number}


def _planned(session: Session, row: CommunityProject, one: CommunitySession) -> None:
    session.flush()
    facts = {"starts_at": one.starts_at.isoformat(), "budget_fen": one.budget_fen}
    record(session, row, events.CommunitySessionPlanned, **_about(one), **facts)


def plan_community_session(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    community_project_id: str,
    expected_version: int | None = None,
    **given: Any,
) -> View:
    """Its part of the budget is set aside: sessions together never plan more than there is."""
    row = take(session, actor, community_project_id, "plan", expected_version)
    check_time(given["starts_at"], given["ends_at"], starts_on=row.starts_on, ends_on=row.ends_on)
    for need in given["needs"]:
        order_policies.kind_of(session, row.district_code, need["kind"])
    domain.check_within(asked_fen=given["budget_fen"], left_fen=row.budget_fen - row.planned_fen)
    row.planned_fen += given["budget_fen"]
    last = select(func.max(CommunitySession.number)).where(CommunitySession.community_project_id == row.id)
    one = CommunitySession(
        district_code=row.district_code,
        street_code=row.street_code,
        community_project_id=row.id,
        number=(session.scalar(last) or 0) + 1,
        status="planned",
        spent_fen=0,
        evidence=[],
        created_at=now,
        **given,
    )
    session.add(one)
    _planned(session, row, one)
    return _shown(session, one)


def change_community_session(
    session: Session, *, actor: Actor, community_session_id: str, expected_version: int | None = None, **given: Any
) -> View:
    """While it is planned; never below what it spent."""
    row, one = _step(session, actor, community_session_id, "plan", "change", expected_version)
    starts_at, ends_at = given.get("starts_at", one.starts_at), given.get("ends_at", one.ends_at)
    check_time(starts_at, ends_at, starts_on=row.starts_on, ends_on=row.ends_on)
    for need in given.get("needs", []):
        order_policies.kind_of(session, row.district_code, need["kind"])
    budget_fen = given.get("budget_fen", one.budget_fen)
    domain.check_within(asked_fen=one.spent_fen, left_fen=budget_fen)
    domain.check_within(asked_fen=budget_fen, left_fen=row.budget_fen - row.planned_fen + one.budget_fen)
    row.planned_fen += budget_fen - one.budget_fen
    for name, value in given.items():
        setattr(one, name, value)
    _planned(session, row, one)
    return _shown(session, one)


def hold_community_session(
    session: Session,
    *,
    actor: Actor,
    community_session_id: str,
    attended: int,
    summary: str,
    evidence: list[dict[str, Any]],
    expected_version: int | None = None,
) -> View:
    """It took place; its orders go on to their confirmation and rating."""
    row, one = _step(session, actor, community_session_id, "hold", "hold", expected_version)
    one.attended, one.summary, one.evidence = attended, summary, evidence
    record(session, row, events.CommunitySessionHeld, **_about(one), attended=attended)
    return _shown(session, one)


def cancel_community_session(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    community_session_id: str,
    reason: str,
    orders: str,
    expected_version: int | None = None,
) -> View:
    """What it did not spend is free for other sessions."""
    row, one = _step(session, actor, community_session_id, "plan", "cancel", expected_version)
    one.reason = reason
    cancelled, released = settle_orders(session, [one], orders=orders, reason=reason, now=now)
    row.planned_fen -= one.budget_fen - one.spent_fen
    one.budget_fen = one.spent_fen
    counts = {"orders_cancelled": cancelled, "orders_released": released}
    record(session, row, events.CommunitySessionCancelled, **_about(one), **counts)
    return _shown(session, one)


def order_for_session(session: Session, *, actor: Actor, now: datetime, community_session_id: str, **wish: Any) -> View:
    """An order of its own, with a life of its own from here (制单 派单 接单 评单)."""
    row, one = _step(session, actor, community_session_id, "order", "order")
    made = orders.request_order(
        session,
        actor=actor,
        now=now,
        street_code=row.street_code or "",
        community_code=row.community_code,
        wanted_from=one.starts_at,
        wanted_until=one.ends_at,
        session_id=one.id,
        **wish,
    )
    record(session, row, events.SessionOrderAttached, community_session_id=one.id, order_id=made["order_id"])
    return made


def attach_session_order(session: Session, *, actor: Actor, community_session_id: str, order_id: str) -> View:
    """An order that a resident made belongs to the session from now on."""
    row, one = _step(session, actor, community_session_id, "order", "order")
    order_queries.check_part(session, actor=actor, order_id=order_id)
    order = order_queries.lock_order(session, actor=actor, order_id=order_id)
    fits = order.street_code == row.street_code and order.status not in domain.ORDERS_OVER
    if order.session_id is not None or not fits:
        raise ConflictError(CommunityCode.ORDER_NOT_FITTING, order_id=order.id)
    order.session_id = one.id
    record(session, row, events.SessionOrderAttached, community_session_id=one.id, order_id=order.id)
    return _shown(session, one)


def release_session_order(session: Session, *, actor: Actor, community_session_id: str, order_id: str) -> View:
    """The order goes on by itself."""
    row, one = _step(session, actor, community_session_id, "order", "order")
    order_queries.check_part(session, actor=actor, order_id=order_id)
    order = order_queries.lock_order(session, actor=actor, order_id=order_id)
    if order.session_id != one.id or order.status in domain.ORDERS_OVER:
        raise ConflictError(CommunityCode.ORDER_NOT_FITTING, order_id=order.id)
    order.session_id = None
    record(session, row, events.SessionOrderReleased, community_session_id=one.id, order_id=order.id)
    return _shown(session, one)


def record_community_spending(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    community_session_id: str,
    line: str,
    amount_fen: int,
    spent_on: date,
    purpose: str,
    receipts: list[dict[str, Any]],
) -> View:
    """Within the session's part, within the line, and each receipt once; checked under the project's lock, and the
    sums once more by the database."""
    row, one = _step(session, actor, community_session_id, "spend", "spend")
    domain.check_line(
        row.lines, line=line, spent_fen=queries.spent_on_line(session, row.id, line), amount_fen=amount_fen
    )
    domain.check_within(asked_fen=amount_fen, left_fen=one.budget_fen - one.spent_fen)
    one.spent_fen += amount_fen
    row.spent_fen += amount_fen
    spending = CommunitySpending(
        district_code=row.district_code,
        street_code=row.street_code,
        community_project_id=row.id,
        community_session_id=one.id,
        line=line,
        amount_fen=amount_fen,
        spent_on=spent_on,
        purpose=purpose,
        receipts=receipts,
        recorded_at=now,
    )
    session.add(spending)
    session.flush()
    _use_receipts(session, spending)
    facts = {"community_spending_id": spending.id, "line": line, "amount_fen": amount_fen, "receipts": receipts}
    record(session, row, events.CommunitySpendingRecorded, community_session_id=one.id, **facts)
    view: View = CommunitySpendingView().dump(spending)
    return view


def _use_receipts(session: Session, spending: CommunitySpending) -> None:
    """Each receipt once, and none that an awarded project has accounted for."""
    for receipt in spending.receipts:
        key = (spending.district_code, receipt["sha256"])
        values = {"district_code": key[0], "sha256": key[1], "community_spending_id": spending.id}
        statement = insert(CommunityReceipt).values(**values).on_conflict_do_nothing()
        made = session.scalar(statement.returning(CommunityReceipt.sha256))
        if made is None or session.get(SpendingReceipt, key) is not None:
            raise ConflictError(CommunityCode.RECEIPT_REUSED, sha256=receipt["sha256"])
