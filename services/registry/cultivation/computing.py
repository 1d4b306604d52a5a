"""Computing the list by its rule: at once in a small district, by the job process in a large one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from chassis import ids, jobs, outbox
from chassis.actor import Actor
from chassis.sheets.work import kept
from contracts.registry.events_assess import CultivationListComputed
from services.registry import settings
from services.registry.cases.domain import add_months
from services.registry.cultivation import domain, queries, terms
from services.registry.cultivation.actions import check_at_rest, may_be_cultivated, take
from services.registry.cultivation.models import CultivationEntry, CultivationList
from services.registry.organisations.models import Organisation
from services.registry.rulebooks.domain import check_unaltered
from services.registry.rulebooks.models import Rulebook

JOB = "compute_cultivation_list"
Progress = Callable[[int, int], None]


def compute_cultivation_list(
    session: Session, *, actor: Actor, now: datetime, list_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By the rule, anew; what people decided by hand stays decided. ``computing_job_id`` where a job does it."""
    row = take(session, actor, list_id, expected_version)
    row.status = domain.next_status(row.status, "compute")
    check_at_rest(session, row)
    if _is_large(session, row.district_code):
        steps = len(_rule(session, row)["terms"]) + 1
        job = jobs.enqueue(session, JOB, total=steps, list_id=row.id, actor=kept(actor))
        row.computing_job_id = job["job_id"]
    else:
        write(session, row, *choose(session, row), now=now)
    return queries.render(session, row)


def _is_large(session: Session, district_code: str) -> bool:
    most = settings.CULTIVATION_AT_ONCE.get()
    first = select(Organisation.id).where(Organisation.district_code == district_code).limit(most + 1)
    return (session.scalar(select(func.count()).select_from(first.subquery())) or 0) > most


def choose(
    session: Session, row: CultivationList, tell: Progress = lambda done, total: None
) -> tuple[list[domain.Standing], dict[str, str | None]]:
    """Who is on it, best first, and the street of everybody who was considered; only reads."""
    rule = _rule(session, row)
    named = [term["term"] for term in rule["terms"]]
    since = add_months(row.as_of, -rule["lookback_months"])
    facts: dict[str, terms.Values] = {}
    for done, term in enumerate(named):
        tell(done, len(named) + 1)
        facts |= terms.facts(session, row.district_code, terms=[term], since=since, as_of=row.as_of)
    tell(len(named), len(named) + 1)
    streets = _eligible(session, row.district_code, rule, {one for values in facts.values() for one in values})
    return domain.standings(rule, facts, streets), streets


def write(
    session: Session,
    row: CultivationList,
    ranked: list[domain.Standing],
    streets: dict[str, str | None],
    *,
    now: datetime,
) -> None:
    """The entries by the rule, instead of those it gave before."""
    session.execute(delete(CultivationEntry).filter_by(list_id=row.id, source="rule"))
    by_hand = set(session.scalars(select(terms.key(CultivationEntry.organisation_id)).filter_by(list_id=row.id)))
    chosen = [found for found in ranked if found.organisation_id not in by_hand]
    session.add_all(_entry(row, found, streets[found.organisation_id]) for found in chosen)
    row.computed_at, row.computing_job_id = now, None
    session.flush()
    record = CultivationListComputed(
        list_id=row.id, as_of=row.as_of.isoformat(), considered=len(streets), included=len(chosen)
    )
    outbox.record(session, record)


def _eligible(
    session: Session, district_code: str, rule: dict[str, Any], candidates: set[str]
) -> dict[str, str | None]:
    """``{organisation: street}`` of active community organisations of the rule's tiers that are in no breach.

    Who has no fact of any term has no points and is not looked at.
    """
    statement = select(terms.key(Organisation.id), Organisation.street_code).where(
        Organisation.district_code == district_code,
        *may_be_cultivated(),
        Organisation.legal_tier.in_(rule["tiers"]),
    )
    return {one: street for one, street in session.execute(statement) if one in candidates}


def _entry(row: CultivationList, found: domain.Standing, street_code: str | None) -> CultivationEntry:
    return CultivationEntry(
        id=ids.new_id("cue"),
        district_code=row.district_code,
        street_code=street_code,
        list_id=row.id,
        organisation_id=terms.organisation_id(found.organisation_id),
        included=True,
        source="rule",
        rank=found.rank,
        score_hundredths=found.score_hundredths,
        terms=found.terms,
    )


def _rule(session: Session, row: CultivationList) -> dict[str, Any]:
    book = session.get_one(Rulebook, row.rulebook_id)
    check_unaltered(book.content, book.content_hash)
    return book.content
