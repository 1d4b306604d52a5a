"""Registering whom a project serves, merging two entries of one person, forgetting who somebody was."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.projects import events_activities as events
from contracts.projects.beneficiaries import GroupView
from contracts.projects.codes_activities import ActivityCode, BeneficiaryCode
from services.projects.activities import queries as activities
from services.projects.activities.actions import check_running
from services.projects.activities.models import Activity
from services.projects.beneficiaries import domain, moving, queries
from services.projects.beneficiaries.models import Beneficiary, BeneficiaryGroup
from services.projects.delivery import steps
from services.projects.delivery.models import Project
from services.projects.identities import actions as identities
from services.projects.known import queries as known
from services.projects.known.models import ERASED_ROLE

View = dict[str, Any]


def _take(session: Session, actor: Actor, project_id: str) -> Project:
    """Under the project's lock: by its organisation, the hub that cares for it, or staff of its street."""
    return (steps.lock if activities.is_staff(actor) else steps.lock_own)(session, actor, project_id)


def register_beneficiary(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    health: bool,
    under_14: bool,
    account_id: str | None = None,
    name: str | None = None,
    phone: str | None = None,
    document_sha256: str | None = None,
    consent_by: str | None = None,
) -> View:
    """Once per project; the same person in another project is known to be the same."""
    project = _take(session, actor, project_id)
    check_running(project, "register_beneficiary")
    domain.check_identified(account_id=account_id, name=name, phone=phone, document=document_sha256)
    domain.check_consent(health=health, under_14=under_14, consent_by=consent_by)
    keys = identities.keys_of(account_id=account_id, name=name, phone=phone, document=document_sha256)
    person_id = _meet(session, project, now, keys, account_id)
    row = Beneficiary(
        **steps.belonging(project),
        organisation_id=project.organisation_id,
        person_id=person_id,
        account_id=account_id,
        name=name,
        phone=phone,
        health=health,
        under_14=under_14,
        consent_by=consent_by,
        consent_at=now if consent_by else None,
        status="active",
        registered_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    steps.record(session, project, events.BeneficiaryRegistered, beneficiary_id=row.id, sensitive=health or under_14)
    return queries.render(row)


def _meet(session: Session, project: Project, now: datetime, keys: list[str], account_id: str | None) -> str | None:
    """The person, whom this project has not registered yet."""
    account = known.account(session, account_id)
    if account_id is not None and (account is None or account.role == ERASED_ROLE):
        raise InvalidError(BeneficiaryCode.BENEFICIARY_UNIDENTIFIED)
    place: dict[str, Any] = {"district_code": project.district_code, "street_code": project.street_code}
    person_id = identities.meet(session, **place, now=now, keys=keys, account_id=account_id)
    same = select(Beneficiary.id).where(Beneficiary.project_id == project.id, Beneficiary.person_id == person_id)
    if session.scalar(same.where(Beneficiary.status != "merged")) is not None:
        raise ConflictError(BeneficiaryCode.BENEFICIARY_EXISTS)
    return person_id


def merge_beneficiaries(
    session: Session, *, actor: Actor, project_id: str, beneficiary_id: str, merged_id: str
) -> View:
    """They are one person, here and wherever else they were met; two accounts are two people."""
    project = _take(session, actor, project_id)
    identities.hold(session, project.district_code)
    kept = queries.find_beneficiary(session, project, beneficiary_id)
    merged = queries.find_beneficiary(session, project, merged_id)
    merged.status = domain.next_status(merged.status, "merge")
    if kept.id == merged.id or kept.status == "merged":
        raise ConflictError(BeneficiaryCode.BENEFICIARY_STATE, status=kept.status, action="merge")
    moving.check_reach(session, actor, project, merged.person_id)
    moving.check_one_person(session, kept.person_id, merged.person_id)
    moving.move(session, district_code=project.district_code, kept_id=kept.person_id, merged_id=merged.person_id)
    kept.health, kept.under_14 = kept.health or merged.health, kept.under_14 or merged.under_14
    kept.account_id = kept.account_id or merged.account_id
    if kept.consent_by is None:
        kept.consent_by, kept.consent_at = merged.consent_by, merged.consent_at
    session.flush()
    steps.record(session, project, events.BeneficiariesMerged, beneficiary_id=kept.id, merged_id=merged.id)
    return queries.render(kept)


def erase_beneficiary(session: Session, *, actor: Actor, project_id: str, beneficiary_id: str) -> View:
    """At the person's wish: name and phone go, and whatever leads to the person here; the count stays."""
    project = _take(session, actor, project_id)
    row = queries.find_beneficiary(session, project, beneficiary_id)
    row.status = domain.next_status(row.status, "erase")
    row.name = row.phone = None
    session.flush()
    moving.erase_names(session, project.id, row.person_id)
    moving.forget_where_nobody_asks(session, row.person_id)
    steps.record(session, project, events.BeneficiaryErased, beneficiary_id=row.id)
    return queries.render(row)


def count_group(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    label: str,
    estimated: int,
    basis: str,
    activity_id: str | None = None,
) -> View:
    """People who were not registered one by one: an estimate, and how it was made."""
    project = _take(session, actor, project_id)
    check_running(project, "count_group")
    if activity_id is not None:
        of = session.scalar(select(Activity.project_id).where(Activity.id == activity_id))
        if of != project.id:
            raise NotFoundError(ActivityCode.ACTIVITY_NOT_FOUND)
    row = BeneficiaryGroup(
        **steps.belonging(project),
        activity_id=activity_id,
        label=label,
        estimated=estimated,
        basis=basis,
        counted_by=actor.account_id,
        counted_at=now,
    )
    session.add(row)
    session.flush()
    facts = {"group_id": row.id, "activity_id": activity_id, "estimated": estimated}
    steps.record(session, project, events.BeneficiaryGroupCounted, **facts)
    view: View = GroupView().dump(row)
    return view
