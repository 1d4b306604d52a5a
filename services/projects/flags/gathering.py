"""Gathering what the rules look at: a fixed number of queries for a project, however much it has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from chassis import clock, workdays
from services.projects.activities.models import Activity
from services.projects.delivery.models import Milestone, Project, Report, Spending, SpendingInvoice
from services.projects.evidence.models import EvidencePhoto, EvidenceTwin, EvidenceUse
from services.projects.flags import facts
from services.projects.orders.models import ServiceOrder

RUNNING = frozenset({"active", "changing", "mid_review"})
SEEN = ("read", "refused")
TOOK_PLACE = ("planned", "open", "held", "closed")
NEAR = timedelta(hours=12)  # further apart everything in a district can be reached


def project_case(session: Session, project: Project, *, today: date) -> facts.Case:
    """The project as the rules see it."""
    spendings = list(session.scalars(select(Spending).where(Spending.project_id == project.id).order_by(Spending.id)))
    milestones = list(session.scalars(select(Milestone).where(Milestone.project_id == project.id)))
    happenings = _activities(session, Activity.project_id == project.id)
    photos = _photos(session, project.district_code, project.id)
    reported = session.scalar(select(func.max(Report.submitted_at)).where(Report.project_id == project.id))
    return facts.Case(
        subject=project.id,
        kind="project",
        today=today,
        running=project.status in RUNNING,
        began_on=clock.day_of(project.created_at),
        starts_on=project.starts_on or clock.day_of(project.created_at),
        ends_on=project.ends_on,
        last_sign_on=_last_sign(session, project, reported, milestones, spendings, happenings, today),
        last_report_on=clock.day_of(reported) if reported else None,
        award_fen=project.award_fen,
        budget={line["line"]: int(line["amount_fen"]) for line in project.budget},
        milestones=tuple(
            facts.Milestone(row.id, row.number, row.due_on, row.status in ("submitted", "accepted"))
            for row in sorted(milestones, key=lambda row: row.number)
        ),
        spendings=tuple(
            facts.Spending(row.id, row.line, row.amount_fen, row.spent_on, not workdays.is_workday(row.spent_on)[0])
            for row in spendings
        ),
        invoices=tuple(_invoices(session, project, spendings)),
        photos=photos,
        happenings=happenings,
        neighbours=_neighbours(session, project, happenings),
    )


def order_case(session: Session, order: ServiceOrder, *, today: date) -> facts.Case:
    """An order: its appointment and its photos."""
    happenings: tuple[facts.Happening, ...] = ()
    if order.starts_at is not None and order.ends_at is not None:
        place = {"latitude": order.latitude, "longitude": order.longitude}
        happenings = (facts.Happening(order.id, order.id, order.starts_at, order.ends_at, **place),)
    photos = _photos(session, order.district_code, order.id)
    return facts.Case(subject=order.id, kind="order", today=today, photos=photos, happenings=happenings)


def _last_sign(
    session: Session,
    project: Project,
    reported: datetime | None,
    milestones: Sequence[Milestone],
    spendings: Sequence[Spending],
    happenings: Sequence[facts.Happening],
    today: date,
) -> date | None:
    shown = select(func.max(EvidenceUse.used_at)).join(EvidencePhoto, EvidencePhoto.id == EvidenceUse.photo_id)
    used = session.scalar(shown.where(EvidencePhoto.project_id == project.id))
    instants = [reported, used, *(row.submitted_at for row in milestones), *(row.recorded_at for row in spendings)]
    days = [clock.day_of(instant) for instant in instants if instant is not None]
    days += [day for day in (clock.day_of(one.ends_at) for one in happenings) if day <= today]
    return max(days, default=None)


def _invoices(session: Session, project: Project, spendings: Sequence[Spending]) -> Iterable[facts.Invoice]:
    """With the earlier ones of the district that have the same number, and the same code where both have one."""
    mine = [invoice for row in spendings for invoice in row.invoices]
    numbers = {invoice.number for invoice in mine}
    if not numbers:
        return
    statement = (
        select(SpendingInvoice, Spending.project_id)
        .join(Spending, Spending.id == SpendingInvoice.spending_id)
        .where(SpendingInvoice.district_code == project.district_code, SpendingInvoice.number.in_(numbers))
        .order_by(SpendingInvoice.id)
    )
    by_number: dict[str, list[tuple[SpendingInvoice, str]]] = defaultdict(list)
    for invoice, project_id in session.execute(statement):
        by_number[invoice.number].append((invoice, project_id))
    for invoice in mine:
        earlier = tuple(
            facts.EarlierInvoice(other.spending_id, project_id, other.issued_on, other.amount_fen)
            for other, project_id in by_number[invoice.number]
            if other.id < invoice.id and (other.code == invoice.code or None in (other.code, invoice.code))
        )
        yield facts.Invoice(invoice.spending_id, invoice.number, invoice.issued_on, invoice.amount_fen, earlier)


def _photos(session: Session, district_code: str, subject: str) -> tuple[facts.Photo, ...]:
    """Photos that something names, with their twins that something names too."""
    mine = session.scalars(
        select(EvidencePhoto)
        .where(
            EvidencePhoto.district_code == district_code,
            EvidencePhoto.subject == subject,
            EvidencePhoto.status.in_(SEEN),
        )
        .order_by(EvidencePhoto.id)
    ).all()
    other = aliased(EvidencePhoto)
    pairs = session.execute(
        select(EvidenceTwin, other.subject)
        .join(other, other.id == EvidenceTwin.other_id)
        .where(EvidenceTwin.photo_id.in_([row.id for row in mine]), other.status.in_(SEEN))
        .order_by(EvidenceTwin.other_id)
    ).all()
    uses = _uses(session, {*(row.id for row in mine), *(twin.other_id for twin, _ in pairs)})
    twins: dict[str, list[facts.Twin]] = defaultdict(list)
    for twin, owner in pairs:
        if not uses[twin.photo_id] or not uses[twin.other_id]:
            continue
        earlier = _first(uses[twin.other_id], twin.other_id) < _first(uses[twin.photo_id], twin.photo_id)
        named = _plain(uses[twin.other_id])
        twins[twin.photo_id].append(facts.Twin(twin.other_id, owner, twin.same, twin.bits, earlier, named))
    return tuple(
        facts.Photo(
            row.id,
            row.sha256,
            _plain(uses[row.id]),
            row.taken_at,
            row.latitude,
            row.longitude,
            tuple(twins[row.id]),
        )
        for row in mine
        if uses[row.id]
    )


def _uses(session: Session, photo_ids: set[str]) -> dict[str, list[EvidenceUse]]:
    found: dict[str, list[EvidenceUse]] = defaultdict(list)
    for use in session.scalars(select(EvidenceUse).where(EvidenceUse.photo_id.in_(photo_ids))):
        found[use.photo_id].append(use)
    return found


def _first(uses: Sequence[EvidenceUse], photo_id: str) -> tuple[datetime, str]:
    return min(use.used_at for use in uses), photo_id


def _plain(uses: Sequence[EvidenceUse]) -> facts.Uses:
    return frozenset((use.source, use.source_id) for use in uses)


def _activities(session: Session, *conditions: object) -> tuple[facts.Happening, ...]:
    statement = select(Activity).where(Activity.status.in_(TOOK_PLACE), *conditions)  # type: ignore[arg-type]
    return tuple(
        facts.Happening(row.id, row.project_id, row.starts_at, row.ends_at, row.latitude, row.longitude)
        for row in session.scalars(statement.order_by(Activity.id))
    )


def _neighbours(
    session: Session, project: Project, happenings: Sequence[facts.Happening]
) -> tuple[facts.Happening, ...]:
    """Activities of the same organisation in other projects, near in time to one of this project's."""
    if not happenings:
        return ()
    near = or_(
        *(
            tuple_(Activity.starts_at, Activity.ends_at).op("OVERLAPS")(
                tuple_(one.starts_at - NEAR, one.ends_at + NEAR)
            )
            for one in happenings
        )
    )
    return _activities(
        session,
        Activity.district_code == project.district_code,
        Activity.organisation_id == project.organisation_id,
        Activity.project_id != project.id,
        near,
    )
