"""Indexes that find the rows which name a file."""

from __future__ import annotations

from chassis.file_access import index_of
from services.registry.assessments.models import AssessmentAppeal, AssessmentScore
from services.registry.brands.models import BrandHonour, BrandPhoto
from services.registry.cases.models import CaseDocument, IncubationCase
from services.registry.centres.models import CentreOperator
from services.registry.designations.models import Designation
from services.registry.party.models import PartyActivity
from services.registry.plans.models import StageReview
from services.registry.policy_documents.models import PolicyDocumentVersion
from services.registry.seed_groups.models import SeedMeeting
from services.registry.trainings.models import TrainingSession
from services.registry.visits.models import Finding, Visit

INDEXES = (
    index_of(CentreOperator, "evidence"),
    index_of(IncubationCase, "agreement"),
    index_of(PolicyDocumentVersion, "evidence"),
    index_of(AssessmentAppeal, "evidence"),
    index_of(BrandHonour, "evidence"),
    index_of(BrandPhoto, "file"),
    index_of(BrandPhoto, "consent_document"),
    index_of(CaseDocument, "evidence"),
    index_of(Designation, "evidence"),
    index_of(PartyActivity, "evidence"),
    index_of(SeedMeeting, "evidence"),
    index_of(Visit, "evidence"),
    index_of(TrainingSession, "evidence"),
    index_of(AssessmentScore, "evidence"),
    index_of(Finding, "evidence"),
    index_of(StageReview, "evidence"),
)
