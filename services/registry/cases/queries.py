"""Reads of incubation cases."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.registry.cases import CaseDetail, CaseView, NoticeView
from contracts.registry.codes_growth import GrowthCode
from services.registry import scope
from services.registry.accounts.models import Account
from services.registry.cases import domain
from services.registry.cases.models import (
    CapacityAssessment,
    CaseDocument,
    CaseObjection,
    CaseVote,
    IncubationCase,
)
from services.registry.organisations.models import Organisation
from services.registry.policies.queries import words
from services.registry.teams.models import TeamAssignment

_VIEW, _DETAIL, _NOTICE = CaseView(), CaseDetail(), NoticeView()


def visible(actor: Actor) -> Select[Any]:
    """Cases the actor may see; hubs also see those under review in their streets, which they may vote on."""
    if actor.role != roles.HUB or actor.organisation_id is None:
        return scope.visible(IncubationCase, IncubationCase.organisation_id, actor)
    mine = scope.in_care(select(IncubationCase.id), IncubationCase.organisation_id, actor)
    statement = db.scoped(select(IncubationCase), IncubationCase, actor)
    return statement.where(or_(IncubationCase.id.in_(mine), IncubationCase.status == "review"))


def find_case(session: Session, actor: Actor, case_id: str) -> IncubationCase:
    """One case to read."""
    row: IncubationCase | None = session.scalars(visible(actor).where(IncubationCase.id == case_id)).one_or_none()
    if row is None:
        raise NotFoundError(GrowthCode.CASE_NOT_FOUND)
    return row


def take_case(
    session: Session, actor: Actor, case_id: str, *, expected: int | None = None, voting: bool = False
) -> IncubationCase:
    """One case to write: locked, in the actor's streets and care (but to vote), the version the caller read."""
    column = IncubationCase.organisation_id
    statement = visible(actor) if voting else scope.visible(IncubationCase, column, actor)
    statement = statement.where(IncubationCase.id == case_id).with_for_update(of=IncubationCase)
    row: IncubationCase | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(GrowthCode.CASE_NOT_FOUND)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected)
    return row


def votes(session: Session, case_id: str) -> dict[str, int]:
    """How many approve, reject, stood aside."""
    statement = select(CaseVote.choice, func.count()).where(CaseVote.case_id == case_id).group_by(CaseVote.choice)
    counted = dict(session.execute(statement).all())
    return {choice: counted.get(choice, 0) for choice in ("approve", "reject", "recuse")}


def votes_that_count(session: Session, row: IncubationCase) -> dict[str, int]:
    """Approvals and rejections but of those who have become connected with the organisation since they voted."""
    organisation = session.get_one(Organisation, row.organisation_id)
    cast = session.execute(
        select(CaseVote.account_id, CaseVote.choice, Account.organisation_id)
        .join(Account, Account.id == CaseVote.account_id, isouter=True)
        .where(CaseVote.case_id == row.id)
    )
    counted = {"approve": 0, "reject": 0, "recuse": 0}
    for account_id, choice, organisation_id in cast:
        recused = domain.is_recused(
            reviewer_account=account_id,
            reviewer_organisation=organisation_id,
            drafted_by=row.drafted_by,
            organisation_id=organisation.id,
            hub_id=organisation.hub_id,
        )
        counted["recuse" if recused else choice] += 1
    return counted


def missing_documents(session: Session, row: IncubationCase) -> list[str]:
    """Required kinds of documents that are not there."""
    kinds = set(session.scalars(select(CaseDocument.kind).where(CaseDocument.case_id == row.id)))
    return domain.missing_documents(words(session, row.district_code, "case_documents"), kinds)


def places_taken(session: Session, district_code: str) -> dict[str, int]:
    """Cases from the public notice on, by mode; a question asked during the notice does not free the place."""
    statement = (
        select(IncubationCase.mode, func.count())
        .where(
            IncubationCase.district_code == district_code,
            or_(IncubationCase.status.in_(domain.IN_BASE), IncubationCase.asked_from == "public_notice"),
            IncubationCase.status.not_in(domain.FINAL),
        )
        .group_by(IncubationCase.mode)
    )
    counted = dict(session.execute(statement).all())
    return {mode: counted.get(mode, 0) for mode in ("onsite", "offsite")}


def open_objections(session: Session, case_id: str) -> int:
    """Objections nobody has settled."""
    statement = select(func.count()).where(CaseObjection.case_id == case_id, CaseObjection.status == "open")
    return session.scalar(statement) or 0


def serving(session: Session, case_id: str) -> dict[str, str]:
    """Who serves now: ``{role: account_id}``."""
    statement = select(TeamAssignment.role, TeamAssignment.account_id).where(
        TeamAssignment.case_id == case_id, TeamAssignment.valid_until.is_(None)
    )
    return dict(session.execute(statement).all())


def _part(session: Session, model: Any, case_id: str, **ids: str) -> list[dict[str, Any]]:
    """Rows that belong to the case, oldest first; ``ids`` names the view's id fields."""
    rows = session.scalars(select(model).where(model.case_id == case_id).order_by(model.id))
    return [{**scope.columns(row), **{name: getattr(row, key) for name, key in ids.items()}} for row in rows]


def render(session: Session, row: IncubationCase) -> dict[str, Any]:
    """A case with all that belongs to it."""
    session.flush()
    shown: dict[str, Any] = _DETAIL.dump(
        {
            **scope.columns(row),
            "case_id": row.id,
            "documents": _part(session, CaseDocument, row.id, document_id="id"),
            "missing_documents": missing_documents(session, row),
            "votes": votes(session, row.id),
            "objections": _part(session, CaseObjection, row.id, objection_id="id"),
            "assessments": _part(session, CapacityAssessment, row.id),
            "team": _part(session, TeamAssignment, row.id),
        }
    )
    return shown


def get_case(session: Session, *, actor: Actor, case_id: str) -> dict[str, Any]:
    """One case."""
    return render(session, find_case(session, actor, case_id))


def list_cases(
    session: Session,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int | None = None,
    account_id: str | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Newest first; ``account_id``: cases this person serves now."""
    statement = visible(actor).filter_by(**equal)
    if account_id is not None:
        served = select(TeamAssignment.case_id).where(
            TeamAssignment.account_id == account_id, TeamAssignment.valid_until.is_(None)
        )
        statement = statement.where(IncubationCase.id.in_(served))
    return db.page(session, statement, by=IncubationCase.id, render=_line, cursor=cursor, limit=limit)


def _line(row: IncubationCase) -> dict[str, Any]:
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "case_id": row.id})
    return shown


def list_case_notices(
    session: Session,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int | None = None,
    street_code: str | None = None,
) -> dict[str, Any]:
    """Cases under public notice: for everybody."""
    statement = db.scoped(select(IncubationCase), IncubationCase, actor).where(IncubationCase.status == "public_notice")
    if street_code is not None:
        statement = statement.where(IncubationCase.street_code == street_code)

    def line(row: IncubationCase) -> dict[str, Any]:
        name = session.get_one(Organisation, row.organisation_id).name
        shown: dict[str, Any] = _NOTICE.dump({**scope.columns(row), "case_id": row.id, "organisation_name": name})
        return shown

    return db.page(session, statement, by=IncubationCase.id, render=line, cursor=cursor, limit=limit)
