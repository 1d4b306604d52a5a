"""Drafts of needs: every check of one, and how many are stored at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, ids, outbox
from chassis.errors import InvalidError
from contracts.resources import events
from contracts.resources.codes import ResourcesCode
from services.resources.drafting.lookups import Lookups
from services.resources.known import domain as parties
from services.resources.known.models import KnownOrganisation, KnownProject
from services.resources.needs import counting, domain
from services.resources.needs.models import Need
from services.resources.needs.telling import fact_of
from services.resources.vocabulary import topics


def draft(known: Lookups, *, now: datetime, asked: dict[str, Any]) -> Need:
    """A need that passed every check; place and fields default to those of the project, then of the organisation.

    Writes nothing; ``asked`` is used up.
    """
    actor = known.actor
    project_id, street_code = asked.pop("project_id"), asked.pop("street_code")
    project = known.get_project(project_id) if project_id else None
    organisation_id = _needer(known, asked.pop("organisation_id"), project)
    organisation = known.organisation(organisation_id)
    counted = counting.counted(known.units, asked)
    counting.check_due(asked["due_on"], now)
    street = parties.home_street(actor, street_code, *(fact.street_code for fact in (project, organisation) if fact))
    db.check_street(actor, street)
    for spent in counting.MEASURES:
        asked.pop(spent)
    read = topics.of_need(known.vocabulary, asked)
    fields = asked["fields_of_work"] or _fields(project, organisation) or known.vocabulary.fields(read["topics"])
    asked["fields_of_work"] = fields
    return Need(
        id=ids.new_id("ned"),
        district_code=actor.district_code,
        street_code=street,
        organisation_id=organisation_id,
        project_id=project_id,
        status=domain.DRAFT,
        allotted=0,
        received=0,
        title_key=domain.title_key(asked["title"]),
        created_at=now,
        **counted,
        **read,
        **asked,
    )


def store(session: Session, drafts: Sequence[Need]) -> None:
    """With their events; so many statements for one as for hundreds."""
    session.add_all(drafts)
    outbox.record_many(session, [fact_of(need, events.NeedDrafted) for need in drafts])


def _needer(known: Lookups, organisation_id: str | None, project: KnownProject | None) -> str:
    needer = organisation_id or (project.organisation_id if project else None) or known.actor.organisation_id
    if needer is None:
        raise InvalidError(ResourcesCode.NEED_INCOMPLETE, missing="organisation_id")
    known.check_own(needer)
    if project is not None and project.organisation_id != needer:
        raise InvalidError(ResourcesCode.PROJECT_UNKNOWN, project_id=project.id)
    if not parties.is_bound(known.actor):
        return known.get_organisation(needer).id
    return needer


def _fields(project: KnownProject | None, organisation: KnownOrganisation | None) -> list[str]:
    if project is not None and project.fields_of_work:
        return list(project.fields_of_work)
    return list(organisation.fields_of_work) if organisation is not None else []
