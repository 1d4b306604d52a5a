"""Steps of a photo: read or refused by the job, consent given and withdrawn, erased."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db, jobs, outbox
from chassis.actor import Actor
from chassis.errors import ForbiddenError
from contracts import roles
from contracts.projects import events_evidence as events
from contracts.projects.codes_evidence import EvidenceCode
from services.projects.evidence import domain, noting, queries, twins
from services.projects.evidence.models import EvidencePhoto, EvidencePolicy
from services.projects.known import queries as known

View = dict[str, Any]
DROP = "drop_shown_copy"
FACTS = ("width", "height", "taken_at", "latitude", "longitude", "dhash", "vhash")
BAND_COLUMNS = ("band_0", "band_1", "band_2", "band_3")


def store_reading(session: Session, row: EvidencePhoto, facts: dict[str, Any], *, now: datetime) -> None:
    """What the job read, and the reference of the shown copy (``file``)."""
    row.status = domain.next_status(row.status, "read")
    for name in FACTS:
        setattr(row, name, facts[name])
    row.comparable, row.file, row.read_at, row.problem = facts["comparable"], facts["file"], now, None
    parts = domain.bands(domain.unsigned(facts["dhash"])) if row.comparable else (None,) * len(BAND_COLUMNS)
    for name, part in zip(BAND_COLUMNS, parts, strict=True):
        setattr(row, name, part)
    session.flush()
    twins.link(session, row)
    _record(session, row, events.EvidenceRead, sha256=row.sha256, shown_sha256=facts["file"]["sha256"])


def store_refusal(session: Session, row: EvidencePhoto, *, problem: str, now: datetime) -> None:
    """Why there is nothing to read."""
    row.status = domain.next_status(row.status, "refuse")
    row.problem, row.read_at = problem, now
    session.flush()
    twins.link(session, row)
    _record(session, row, events.EvidenceRefused, sha256=row.sha256, problem=problem)


def read_evidence_again(
    session: Session, *, actor: Actor, evidence_id: str, expected_version: int | None = None
) -> View:
    """A photo that was refused, for instance because the bounds were too narrow."""
    row = _take(session, actor, evidence_id, expected_version)
    row.status = domain.next_status(row.status, "read_again")
    row.problem = None
    session.flush()
    noting.ask_for_reading(session)
    return queries.view(session, row)


def record_evidence_consent(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    evidence_id: str,
    reference: str,
    expected_version: int | None = None,
) -> View:
    """From now on the shown copy is for everybody."""
    row = _take_own(session, actor, evidence_id, expected_version)
    if row.status != "read":
        domain.next_status(row.status, "show")
    row.consent = domain.next_consent(row.consent, "give")
    row.consent_reference, row.consent_changed_at = reference, now
    session.flush()
    _record(session, row, events.EvidenceConsentRecorded)
    return queries.view(session, row)


def withdraw_evidence_consent(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    evidence_id: str,
    expected_version: int | None = None,
) -> View:
    """At once nobody outside sees the photo any more."""
    row = _take_own(session, actor, evidence_id, expected_version)
    row.consent = domain.next_consent(row.consent, "withdraw")
    row.consent_changed_at = now
    session.flush()
    _record(session, row, events.EvidenceConsentWithdrawn)
    return queries.view(session, row)


def erase_evidence(
    session: Session, *, actor: Actor, evidence_id: str, reason: str, expected_version: int | None = None
) -> View:
    """The facts go now, the shown copy by a job; the digest stays: it is in the trail anyway, and says nothing."""
    row = _take(session, actor, evidence_id, expected_version)
    row.status = domain.next_status(row.status, "erase")
    if row.file is not None:
        jobs.enqueue(session, DROP, street_code=row.street_code, sha256=row.file["sha256"])
    for name in (*FACTS, *BAND_COLUMNS, "file", "problem", "consent_reference"):
        setattr(row, name, None)
    row.comparable, row.reason = False, reason
    twins.unlink(session, row)
    if row.consent == "given":
        row.consent = domain.next_consent(row.consent, "withdraw")
    session.flush()
    _record(session, row, events.EvidenceErased)
    return queries.view(session, row)


def change_evidence_policy(session: Session, *, actor: Actor, **given: int) -> View:
    """Only what is given; for photos read from now on."""
    db.check_street(actor, None)
    made = insert(EvidencePolicy).values(district_code=actor.district_code, numbers={})
    session.execute(made.on_conflict_do_nothing())
    row = session.get_one(EvidencePolicy, actor.district_code, with_for_update=True)
    row.numbers = domain.completed({**row.numbers, **given})
    session.flush()
    outbox.record(session, events.EvidencePolicyChanged(district=actor.district_code, changed=sorted(given)))
    return queries.get_evidence_policy(session, actor=actor)


def _take(session: Session, actor: Actor, evidence_id: str, expected_version: int | None) -> EvidencePhoto:
    row = queries.get_photo(session, actor=actor, evidence_id=evidence_id, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def _take_own(session: Session, actor: Actor, evidence_id: str, expected_version: int | None) -> EvidencePhoto:
    """Its organisation, the hub that cares for it, or staff."""
    row = _take(session, actor, evidence_id, expected_version)
    if actor.role in roles.STAFF:
        return row
    if row.organisation_id is None or not known.acts_for(session, actor, row.organisation_id):
        raise ForbiddenError(EvidenceCode.EVIDENCE_NOT_YOURS)
    return row


def _record(session: Session, row: EvidencePhoto, kind: Any, **facts: Any) -> None:
    streets = [row.street_code] if row.street_code else []
    about = {"evidence_id": row.id, "project_id": row.project_id, "order_id": row.order_id}
    outbox.record(session, kind(**about, street_codes=streets, **facts))
