"""Reads of policy documents, and the check of what an answer cites."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from chassis import db, paging
from chassis.actor import Actor
from chassis.errors import InvalidError, NotFoundError
from contracts.registry.codes_base import BaseCode
from contracts.registry.policy_documents import PolicyDocumentDetail, PolicyDocumentView
from services.registry import scope
from services.registry.policies.queries import number as policy
from services.registry.policy_documents.models import PolicyDocument, PolicyDocumentVersion

_VIEW, _DETAIL = PolicyDocumentView(), PolicyDocumentDetail()


def versions(session: Session, document_id: str) -> list[PolicyDocumentVersion]:
    """Every version, oldest first."""
    statement = select(PolicyDocumentVersion).filter_by(document_id=document_id).order_by(PolicyDocumentVersion.number)
    return list(session.scalars(statement))


def render(session: Session, row: PolicyDocument) -> dict[str, Any]:
    """A document with every version."""
    session.flush()
    shown: dict[str, Any] = _DETAIL.dump(
        {**scope.columns(row), "document_id": row.id, "versions": versions(session, row.id)}
    )
    return shown


def find_document(session: Session, actor: Actor, document_id: str, *, lock: bool = False) -> PolicyDocument:
    """One document of the district."""
    found = db.get_scoped(session, PolicyDocument, document_id, actor, lock=lock)
    if found is None:
        raise NotFoundError(BaseCode.DOCUMENT_NOT_FOUND)
    return found


def get_policy_document(session: Session, *, actor: Actor, document_id: str) -> dict[str, Any]:
    """One document."""
    return render(session, find_document(session, actor, document_id))


def list_policy_documents(
    session: Session,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int | None = None,
    topic: str | None = None,
    title: str | None = None,
    valid_on: date | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Newest first; ``title`` matches a part."""
    statement = db.scoped(select(PolicyDocument), PolicyDocument, actor).filter_by(**equal)
    if topic is not None:
        statement = statement.where(PolicyDocument.topics.contains([topic]))
    if title is not None:
        statement = statement.where(PolicyDocument.title.contains(paging.literally(title), escape="/"))
    if valid_on is not None:
        living = select(PolicyDocumentVersion.document_id).where(_in_force(valid_on))
        statement = statement.where(PolicyDocument.id.in_(living))
    return db.page(session, statement, by=PolicyDocument.id, render=_line, cursor=cursor, limit=limit)


def cite(session: Session, district_code: str, citations: list[dict[str, Any]], *, day: date) -> list[dict[str, Any]]:
    """What an answer of that day cites: of a document of the library its own title and number, and the version.

    Raises :class:`InvalidError` for a version that does not exist or is not in force that day, and where the district
    wants a document of the library and none is named.
    """
    found = [_cited(session, district_code, one, day) for one in citations]
    if policy(session, district_code, "citation_documents") and not any("document_id" in one for one in found):
        raise InvalidError(BaseCode.CITATION_DOCUMENT_NEEDED)
    return found


def _cited(session: Session, district_code: str, given: dict[str, Any], day: date) -> dict[str, Any]:
    document_id = given.get("document_id")
    if document_id is None:
        return {name: value for name, value in given.items() if name != "number"}
    statement = (
        select(PolicyDocument, PolicyDocumentVersion.number)
        .join(PolicyDocumentVersion, PolicyDocumentVersion.document_id == PolicyDocument.id)
        .where(PolicyDocument.id == document_id, PolicyDocument.district_code == district_code, _in_force(day))
    )
    if "number" in given:
        statement = statement.where(PolicyDocumentVersion.number == given["number"])
    found = session.execute(statement).one_or_none()
    if found is None:
        raise InvalidError(BaseCode.CITATION_INVALID, document_id=document_id, day=day.isoformat())
    row, version = found
    return {**given, "title": row.title, "document_number": row.document_number, "number": version}


def _in_force(day: date) -> ColumnElement[bool]:
    until = PolicyDocumentVersion.valid_until
    return (PolicyDocumentVersion.valid_from <= day) & or_(until.is_(None), until >= day)


def _line(row: PolicyDocument) -> dict[str, Any]:
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "document_id": row.id})
    return shown
