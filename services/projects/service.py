"""The projects service: rounds, proposals, money, delivery, orders, the trail."""

from __future__ import annotations

from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from contracts.projects import OPERATIONS
from services.projects.activities.face import Activities
from services.projects.agreements.face import Agreements
from services.projects.attendance.face import AttendanceRecords
from services.projects.awards.face import Awards
from services.projects.beneficiaries.face import Beneficiaries
from services.projects.calendars.face import Calendars
from services.projects.changes.face import ProjectChanges
from services.projects.community.face import CommunityProjects
from services.projects.credentials.face import Credentials
from services.projects.dashboard.face import Dashboard
from services.projects.debarments.face import Debarments
from services.projects.decisions.face import Decisions
from services.projects.delivery.face import Delivery
from services.projects.endings.face import Endings
from services.projects.evaluations.face import Evaluations
from services.projects.evidence import jobs as evidence
from services.projects.evidence.actions import DROP
from services.projects.evidence.face import Evidence
from services.projects.evidence.noting import JOB as READ
from services.projects.files.queries import HOLDERS
from services.projects.flags import jobs as flags
from services.projects.flags.face import Flags
from services.projects.grants.face import Grants
from services.projects.known.face import Known
from services.projects.ledger.face import Ledger
from services.projects.models import Base
from services.projects.money_policy.face import MoneyRules
from services.projects.order_series.face import RecurringOrders
from services.projects.orders.face import Orders
from services.projects.orders.face_people import OrderPeople
from services.projects.payees.face import Payees
from services.projects.payments.face import Payments
from services.projects.persons.face import Persons
from services.projects.persons.models import PARTS
from services.projects.plan_templates.face import PlanTemplates
from services.projects.planning import jobs as planning
from services.projects.planning.face import Planning
from services.projects.proposals.face import Proposals
from services.projects.proposals.face_work import ProposalWork
from services.projects.recoveries.face import Recoveries
from services.projects.redirects.face import Redirects
from services.projects.redirects.queries import widen
from services.projects.reports.face import PeriodicReports
from services.projects.review.face import Review
from services.projects.roadshows.face import Roadshows
from services.projects.rounds.face import Rounds
from services.projects.surveys.face import Surveys
from services.projects.trail import audits, copying
from services.projects.trail import handlers as trail
from services.projects.trail.face import TrailReading
from services.projects.trail.service import TRAIL as TRAIL
from services.projects.votes.face import PaperVotes, Votes


class Projects(
    Housekeeping,
    Known,
    Redirects,
    Persons,
    Rounds,
    PlanTemplates,
    Surveys,
    Proposals,
    ProposalWork,
    Review,
    Roadshows,
    Planning,
    Calendars,
    Votes,
    PaperVotes,
    Decisions,
    Awards,
    Agreements,
    Ledger,
    MoneyRules,
    Payees,
    Payments,
    Recoveries,
    Debarments,
    Grants,
    Delivery,
    Activities,
    AttendanceRecords,
    Beneficiaries,
    Orders,
    Evidence,
    Flags,
    OrderPeople,
    RecurringOrders,
    Credentials,
    PeriodicReports,
    Evaluations,
    ProjectChanges,
    Endings,
    CommunityProjects,
    TrailReading,
    Dashboard,
):
    """From a call for proposals to the last fen returned, and every service order."""

    holders = HOLDERS
    parts = PARTS
    discards = {TRAIL.queue_of(ANY_EVENT): trail.on_event_discarded}


SERVICE = Service(
    name="projects",
    cls=Projects,
    operations=OPERATIONS,
    metadata=(Base.metadata,),
    jobs={
        "plan_judges": planning.plan_judges,
        "plan_schedule": planning.plan_schedule,
        audits.JOB: audits.audit_trail,
        READ: evidence.read_evidence,
        DROP: evidence.drop_shown_copy,
        flags.JOB: flags.review_flags,
    },
    pumps=(copying.copy_heads,),
    widen=widen,
)
