"""Where projects tells of a person. What staff and judges wrote in office is a record of the office and stays."""

from __future__ import annotations

from chassis.person import Part
from services.projects.activities.models import SignUp
from services.projects.attendance.models import Attendance
from services.projects.beneficiaries.models import Beneficiary
from services.projects.community.models import CommunityInterest
from services.projects.credentials.models import Credential
from services.projects.decisions.models import RoundObjection
from services.projects.evaluations.models import EvaluationSheet
from services.projects.evidence.models import EvidencePhoto
from services.projects.known.models import KnownAccount
from services.projects.order_series.models import OrderSeries
from services.projects.orders.models import OrderCaller, OrderOffer, OrderService, ServiceOrder
from services.projects.proposals.models import ProposalComment
from services.projects.review.models import Judge, JudgeAssignment, ScoreSheet
from services.projects.votes.models import Participation

_ORDER = ("id", "kind", "title", "status", "street_code", "community_code", "created_at")
PARTS = (
    Part("account", KnownAccount, ("id",), ("role", "organisation_id", "community_code", "verified")),
    Part(
        "orders_requested",
        ServiceOrder,
        ("requester_account_id",),
        (*_ORDER, "need", "latitude", "longitude", "wanted_from", "wanted_until", "stars", "comment"),
        (
            *("title", "need", "latitude", "longitude", "comment", "proxy_reason", "outside_hours_reason"),
            *("summary", "reason"),
        ),
    ),
    Part(
        "order_caller",
        OrderCaller,
        ("account_id",),
        ("id", "name", "phone", "consented_at", "linked_at"),
        ("name", "phone", "phone_index"),
    ),
    Part(
        "order_series_requested",
        OrderSeries,
        ("requester_account_id",),
        ("id", "kind", "title", "need", "rule", "starts_on", "status", "latitude", "longitude", "created_at"),
        ("title", "need", "latitude", "longitude"),
    ),
    Part("orders_confirmed_for_others", ServiceOrder, ("proxy_account_id",), _ORDER),
    Part(
        "credentials",
        Credential,
        ("account_id",),
        ("id", "requirement", "title", "valid_from", "valid_until", "revoked_at"),
    ),
    Part(
        "photos_of_orders",
        EvidencePhoto,
        ("requester_account_id",),
        ("id", "order_id", "sha256", "status", "taken_at", "latitude", "longitude", "consent"),
        ("taken_at", "latitude", "longitude"),
    ),
    Part("orders_asked_for_others", ServiceOrder, ("requested_by_account_id",), _ORDER),
    Part(
        "orders_taken",
        ServiceOrder,
        ("talent_account_id",),
        (*_ORDER, "starts_at", "ends_at", "delivered_minutes", "check_in_reason", "distance_m", "stars"),
        ("check_in_reason", "distance_m"),
    ),
    Part(
        "services_done",
        OrderService,
        ("account_id",),
        ("id", "order_id", "kind", "delivered_at", "minutes", "status", "stars"),
    ),
    Part("orders_offered", OrderOffer, ("account_id",), ("order_id", "status", "offered_at", "answered_at", "reason")),
    Part("votes_taken_part_in", Participation, ("account_id",), ("round_id",)),
    Part(
        "objections",
        RoundObjection,
        ("raised_by",),
        ("id", "round_id", "proposal_id", "status", "grounds", "finding", "raised_at"),
        ("grounds",),
    ),
    Part("comments", ProposalComment, ("account_id",), ("id", "proposal_id", "section", "text", "commented_at")),
    Part("judge_of", Judge, ("account_id",), ("id", "round_id", "organisation_id", "mentored_organisation_ids")),
    Part("judged", JudgeAssignment, ("judge_account_id",), ("proposal_id", "recused", "conflict", "conflict_note")),
    Part(
        "community_projects_of_interest", CommunityInterest, ("account_id",), ("community_project_id", "signed_up_at")
    ),
    Part(
        "evaluated", EvaluationSheet, ("account_id",), ("evaluation_run_id", "status", "conflict", "scores", "comment")
    ),
    Part("score_sheets", ScoreSheet, ("judge_account_id",), ("id", "proposal_id", "status", "scores", "comment")),
    Part(
        "activity_sign_ups",
        SignUp,
        ("account_id",),
        ("id", "activity_id", "status", "part", "name", "phone", "queued_at"),
        ("name", "phone"),
    ),
    Part(
        "attendance",
        Attendance,
        ("account_id",),
        ("id", "activity_id", "status", "part", "name", "phone", "arrived_at", "left_at", "minutes"),
        ("name", "phone"),
    ),
    Part(
        "beneficiary_of",
        Beneficiary,
        ("account_id",),
        ("id", "project_id", "name", "phone", "health", "under_14", "consent_by", "consent_at"),
        ("name", "phone"),
    ),
)
