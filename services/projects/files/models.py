"""Indexes that find the rows which name a file."""

from __future__ import annotations

from chassis.file_access import index_of
from services.projects.community.models import CommunitySession, CommunitySpending
from services.projects.credentials.models import Credential
from services.projects.delivery.models import Milestone, Report, Spending
from services.projects.evidence.models import ActivityEvidence, EvidencePhoto
from services.projects.orders.models import OrderService, ServiceOrder
from services.projects.reports.models import ReportVersion

INDEXES = (
    index_of(ServiceOrder, "evidence"),
    index_of(OrderService, "evidence"),
    index_of(Credential, "evidence"),
    index_of(Milestone, "evidence"),
    index_of(Report, "evidence"),
    index_of(Spending, "receipts"),
    index_of(ActivityEvidence, "evidence"),
    index_of(EvidencePhoto, "file"),
    index_of(ReportVersion, "evidence"),
    index_of(CommunitySession, "evidence"),
    index_of(CommunitySpending, "receipts"),
)
