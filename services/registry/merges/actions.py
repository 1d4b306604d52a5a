"""Writes of merges."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts import roles
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.events_organisations import MergeClosed, MergeProposed, MergeUndone, OrganisationsMerged
from services.registry import scope
from services.registry.duplicates.models import DuplicatePair
from services.registry.merges import domain, moving, parts, queries
from services.registry.merges.models import Merge
from services.registry.organisations import domain as organisation_rules
from services.registry.organisations import history, indexing
from services.registry.organisations import queries as organisations
from services.registry.organisations.models import Organisation


def propose_merge(
    session: Session, *, actor: Actor, now: datetime, survivor_id: str, merged_id: str, reason: str
) -> dict[str, Any]:
    """Checked as far as can be known today; checked again at the approval."""
    across = not actor.street_codes
    survivor, merged = _take_both(session, actor, survivor_id, merged_id, across=across)
    if queries.has_pending(session, [survivor_id, merged_id]):
        raise ConflictError(OrganisationCode.MERGE_PENDING)
    row = Merge(
        district_code=actor.district_code,
        street_code=survivor.street_code,
        merged_street_code=merged.street_code,
        survivor_id=survivor.id,
        merged_id=merged.id,
        status="proposed",
        reason=reason,
        proposed_by=actor.account_id,
        principals=[],
        moved={},
        streets_before={},
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(session, MergeProposed(**_ids(row)))
    return queries.render(session, row)


def approve_merge(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    merge_id: str,
    decision: str = "",
    expected_version: int | None = None,
) -> dict[str, Any]:
    """By another person. Everything the registry holds of the merged one is the survivor's from then on."""
    row = _take(session, actor, merge_id, expected_version)
    domain.check_reviewer(actor.account_id, row.proposed_by)
    status = domain.next_status(row.status, "approve")
    across = actor.role == roles.BUREAU and not actor.street_codes
    survivor, merged = _take_both(session, actor, row.survivor_id, row.merged_id, across=across)
    row.status_before = merged.status
    row.status, row.decided_by, row.decided_at, row.decision = status, actor.account_id, now, decision
    _forget_pairs(session, merged)
    row.principals = parts.end_principals(session, merged)
    moved = moving.move(session, row)
    parts.tell_items(session, actor, merged, survivor, moved, row.reason, now)
    parts.move_cared_for(session, actor, row, now)
    gone = organisation_rules.next_status(merged.status, "merge")
    history.change(session, actor, merged, row.reason, now, status=gone, merged_into_id=survivor.id)
    history.remember(session, actor, survivor, "absorbed", None, merged.id, row.reason, now)
    row.moved = {table: len(keys) for table, keys in moved.items()}
    session.flush()
    accounts = parts.tell_accounts(session, moved, parts.join_streets(session, row))
    fact = OrganisationsMerged(**_ids(row), account_ids=accounts, moved=sum(row.moved.values()))
    outbox.record(session, fact)
    return queries.render(session, row)


def close_merge(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    merge_id: str,
    action: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """``reject`` by another person, ``withdraw`` by the proposer."""
    row = _take(session, actor, merge_id, expected_version)
    check = domain.check_reviewer if action == "reject" else domain.check_proposer
    check(actor.account_id, row.proposed_by)
    row.status = domain.next_status(row.status, action)
    row.decided_by, row.decided_at, row.decision = actor.account_id, now, reason
    session.flush()
    outbox.record(session, MergeClosed(**_ids(row), status=row.status))
    return queries.render(session, row)


def undo_merge(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    merge_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The two are two again: what was moved goes back, what came since stays with the survivor."""
    row = _take(session, actor, merge_id, expected_version)
    status = domain.next_status(row.status, "undo")
    both = {one: organisations.take(session, actor, one) for one in sorted((row.survivor_id, row.merged_id))}
    survivor, merged = both[row.survivor_id], both[row.merged_id]
    if survivor.status == "merged" or merged.merged_into_id != survivor.id:
        raise ConflictError(OrganisationCode.MERGE_SUPERSEDED)
    back = moving.move_back(session, row)
    parts.tell_items(session, actor, survivor, merged, back, reason, now)
    parts.begin_principals(session, row)
    parts.return_cared_for(session, actor, row, reason, now)
    restored = organisation_rules.next_status(merged.status, f"restore_{row.status_before}")
    history.change(session, actor, merged, reason, now, status=restored, merged_into_id=None)
    history.remember(session, actor, survivor, "absorbed", merged.id, None, reason, now)
    for one in (survivor, merged):
        indexing.ask_for_duplicates(session, [one], now)
    row.status, row.undone_by, row.undone_at, row.undo_reason = status, actor.account_id, now, reason
    row.restored = sum(len(keys) for keys in back.values())
    session.flush()
    accounts = parts.tell_accounts(session, back, parts.part_streets(session, row))
    outbox.record(session, MergeUndone(**_ids(row), account_ids=accounts, restored=row.restored))
    return queries.render(session, row)


def _take(session: Session, actor: Actor, merge_id: str, expected: int | None) -> Merge:
    code = OrganisationCode.MERGE_NOT_FOUND
    return scope.take(session, Merge, merge_id, actor, code, column=Merge.survivor_id, expected=expected)


def _take_both(
    session: Session, actor: Actor, survivor_id: str, merged_id: str, *, across: bool
) -> tuple[Organisation, Organisation]:
    """Both locked, in one order whoever asks, and fit to be merged."""
    scope.hold(session, f"merge:{actor.district_code}")
    both = {one: organisations.take(session, actor, one) for one in sorted({survivor_id, merged_id})}
    survivor, merged = both[survivor_id], both[merged_id]
    organisation_rules.next_status(survivor.status, "change")
    domain.check(queries.side(session, survivor), queries.side(session, merged), across=across)
    organisation_rules.next_status(merged.status, "merge")
    return survivor, merged


def _forget_pairs(session: Session, merged: Organisation) -> None:
    """A pair with what is no more waits for nobody's decision."""
    mine = or_(DuplicatePair.organisation_id == merged.id, DuplicatePair.other_id == merged.id)
    session.execute(delete(DuplicatePair).where(mine, DuplicatePair.status == "open"))


def _ids(row: Merge) -> dict[str, Any]:
    return {
        "merge_id": row.id,
        "survivor_id": row.survivor_id,
        "merged_id": row.merged_id,
        "street_codes": parts.streets_of(row),
    }
