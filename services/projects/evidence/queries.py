"""Reading evidence, within the caller's streets; an organisation sees its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes_evidence import EvidenceCode
from contracts.projects.evidence import EvidenceView
from contracts.projects.photos import EvidencePolicyView, PhotoView, PublicPhotoView
from services.projects.delivery import queries as delivery
from services.projects.evidence import domain
from services.projects.evidence.models import EvidencePhoto, EvidencePolicy, EvidenceUse
from services.projects.known import queries as known

View = dict[str, Any]
OVERSEERS = (*roles.STAFF, roles.AUDITOR)


def visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    """Evidence of the actor's streets; outside supervision one's own, and for a hub that of those in its care."""
    statement = db.scoped(statement, EvidencePhoto, actor)
    if actor.is_system or actor.role in OVERSEERS:
        return statement
    if actor.role == roles.HUB:
        return statement.where(known.in_care(EvidencePhoto.organisation_id, actor))
    return statement.where(EvidencePhoto.organisation_id == actor.organisation_id)


def get_photo(session: Session, *, actor: Actor, evidence_id: str, lock: bool = False) -> EvidencePhoto:
    """One photo the caller may see."""
    statement = visible(select(EvidencePhoto).where(EvidencePhoto.id == evidence_id), actor)
    if lock:
        statement = statement.with_for_update(of=EvidencePhoto, key_share=True)
    row: EvidencePhoto | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(EvidenceCode.EVIDENCE_NOT_FOUND)
    return row


def get_evidence(session: Session, *, actor: Actor, evidence_id: str) -> View:
    return view(session, get_photo(session, actor=actor, evidence_id=evidence_id))


def list_evidence(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: str
) -> View:
    """A page, newest first."""
    return _page(session, visible(select(EvidencePhoto).filter_by(**filters), actor), cursor, limit)


def list_project_evidence(
    session: Session,
    *,
    actor: Actor,
    project_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: str,
) -> View:
    """Of one project the caller may see."""
    delivery.get_project(session, actor=actor, project_id=project_id)
    found = select(EvidencePhoto).filter_by(project_id=project_id, **filters)
    return _page(session, visible(found, actor), cursor, limit)


def _page(session: Session, statement: Select[Any], cursor: str | None, limit: int | None) -> View:
    page = db.page(session, statement, by=EvidencePhoto.id, render=lambda row: {"row": row}, cursor=cursor, limit=limit)
    rows = [item["row"] for item in page["items"]]
    uses = uses_of(session, [row.id for row in rows])
    return {**page, "items": [render(row, uses[row.id]) for row in rows]}


def uses_of(session: Session, photo_ids: Iterable[str]) -> dict[str, list[EvidenceUse]]:
    """What names each photo, in order."""
    found: dict[str, list[EvidenceUse]] = defaultdict(list)
    statement = select(EvidenceUse).where(EvidenceUse.photo_id.in_(list(photo_ids)))
    for use in session.scalars(statement.order_by(EvidenceUse.used_at, EvidenceUse.id)):
        found[use.photo_id].append(use)
    return found


def get_evidence_image(session: Session, *, actor: Actor, evidence_id: str) -> View:
    """The shown copy: for its organisation, staff and who asked for the order; for everybody with consent."""
    statement = select(EvidencePhoto).where(
        EvidencePhoto.id == evidence_id, EvidencePhoto.district_code == actor.district_code
    )
    row = session.scalars(statement).one_or_none()
    if row is None or row.file is None or not _may_look(session, actor, row):
        raise NotFoundError(EvidenceCode.EVIDENCE_NOT_FOUND)
    shown: View = EvidenceView().dump(row.file)
    return shown


def _may_look(session: Session, actor: Actor, row: EvidencePhoto) -> bool:
    if row.consent == "given":
        return session.scalar(select(_used(row.id))) is True
    if actor.account_id is None:
        return False
    if actor.account_id == row.requester_account_id:
        return True
    if actor.role not in (*OVERSEERS, roles.HUB, roles.CSO):
        return False
    return session.scalar(visible(select(EvidencePhoto.id).where(EvidencePhoto.id == row.id), actor)) is not None


def _used(photo_id: Any) -> ColumnElement[bool]:
    """What nothing names any more is shown to nobody outside."""
    return exists().where(EvidenceUse.photo_id == photo_id)


def list_public_evidence(
    session: Session,
    *,
    actor: Actor,
    project_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> View:
    """Photos with consent that holds today; a street's gateway shows its street's."""
    statement = db.scoped(select(EvidencePhoto), EvidencePhoto, actor).where(
        EvidencePhoto.status == "read", EvidencePhoto.consent == "given", _used(EvidencePhoto.id)
    )
    if project_id is not None:
        statement = statement.where(EvidencePhoto.project_id == project_id)
    return db.page(session, statement, by=EvidencePhoto.id, render=PublicPhotoView().dump, cursor=cursor, limit=limit)


def policy_of(session: Session, district_code: str) -> dict[str, int]:
    """Complete; the defaults where the district set nothing."""
    row = session.get(EvidencePolicy, district_code)
    return domain.completed(row.numbers if row else {})


def get_evidence_policy(session: Session, *, actor: Actor) -> View:
    found = {"district_code": actor.district_code, **policy_of(session, actor.district_code)}
    shown: View = EvidencePolicyView().dump(found)
    return shown


def near(session: Session, row: EvidencePhoto, *, bits: int, limit: int) -> list[EvidencePhoto]:
    """Other photos of the district whose two hashes both differ in at most ``bits`` bits; found by indexes.

    The same bytes are not among them: they are found by their digest.
    """
    if not row.comparable or row.dhash is None:
        return []
    columns = (EvidencePhoto.band_0, EvidencePhoto.band_1, EvidencePhoto.band_2, EvidencePhoto.band_3)
    wanted = or_(*(columns[number].in_(values) for number, values in domain.probes(domain.unsigned(row.dhash), bits)))
    statement = select(EvidencePhoto).where(
        EvidencePhoto.district_code == row.district_code,
        EvidencePhoto.comparable.is_(True),
        EvidencePhoto.id != row.id,
        EvidencePhoto.sha256 != row.sha256,
        wanted,
    )
    found = [other for other in session.scalars(statement.order_by(EvidencePhoto.id)) if apart(row, other) <= bits]
    return found[:limit]


def apart(one: EvidencePhoto, other: EvidencePhoto) -> int:
    """In how many bits their hashes differ: the worse of the two."""
    pairs = ((one.dhash, other.dhash), (one.vhash, other.vhash))
    return max(
        domain.BITS if a is None or b is None else domain.distance(domain.unsigned(a), domain.unsigned(b))
        for a, b in pairs
    )


def same(session: Session, row: EvidencePhoto, *, limit: int) -> list[EvidencePhoto]:
    """The same file in another project or order."""
    statement = select(EvidencePhoto).where(
        EvidencePhoto.district_code == row.district_code,
        EvidencePhoto.sha256 == row.sha256,
        EvidencePhoto.id != row.id,
        EvidencePhoto.status.in_(("read", "refused")),
    )
    return list(session.scalars(statement.order_by(EvidencePhoto.id).limit(limit)))


def view(session: Session, row: EvidencePhoto) -> View:
    """The photo as the edge shows it."""
    session.flush()
    return render(row, uses_of(session, [row.id])[row.id])


def render(row: EvidencePhoto, uses: list[EvidenceUse]) -> View:
    shown = {column.key: getattr(row, column.key) for column in EvidencePhoto.__mapper__.column_attrs}
    shown["uses"] = uses
    if row.dhash is not None and row.vhash is not None:
        shown["perceptual_hash"] = f"{domain.unsigned(row.dhash):016x}{domain.unsigned(row.vhash):016x}"
    else:
        shown["perceptual_hash"] = None
    rendered: View = PhotoView().dump(shown)
    return rendered
