"""Where resources tells of a person: whose account it is, and why they changed a word of the vocabulary."""

from __future__ import annotations

from chassis.person import Part
from services.resources.allocations.models import Allocation
from services.resources.census.models import CensusRecord
from services.resources.known.models import KnownAccount
from services.resources.needs.models import Need, NeedCaller
from services.resources.one_list.models import ListEntry
from services.resources.talents.models import Talent
from services.resources.vocabulary.models import VocabularyEdit

PARTS = (
    Part(
        "account",
        KnownAccount,
        ("id",),
        ("role", "organisation_id", "account_streets", "community_code", "verified"),
        ("community_code", "organisation_id"),
    ),
    Part(
        "census_records",
        CensusRecord,
        ("account_id",),
        (
            *("id", "kind", "status", "person_name", "summary", "category", "place_code"),
            *("contact_name", "contact_phone", "answers", "visited_on"),
        ),
        ("person_name", "contact_name", "contact_phone", "answers"),
    ),
    Part(
        "one_list",
        ListEntry,
        ("account_id",),
        (
            *("id", "kind", "status", "person_name", "summary", "category", "community_code", "cell_code"),
            *("contact_name", "contact_phone", "is_public", "publish_consented_at", "contact_consented_at"),
        ),
    ),
    Part(
        "talent",
        Talent,
        ("account_id",),
        (
            *("id", "kind", "status", "name", "phone", "street_code", "community_code", "cell_code", "skills"),
            *("languages", "availability", "publish_consented_at", "dispatch_consented_at", "reason"),
        ),
    ),
    Part(
        "needs_requested",
        Need,
        ("requester_account_id", "linked_account_id"),
        (
            *("id", "kind", "status", "title", "summary", "resident_text", "resident_place", "place"),
            *("quantity", "unit", "received", "urgency", "due_on", "street_code", "community_code", "created_at"),
        ),
        ("title", "title_key", "summary", "place", "resident_text", "resident_place"),
    ),
    Part(
        "need_caller",
        NeedCaller,
        ("account_id",),
        ("id", "name", "phone", "consented_at", "linked_at"),
        ("name", "phone", "phone_index"),
    ),
    Part(
        "gifts_received",
        Allocation,
        ("recipient_account_id",),
        ("id", "need_id", "status", "quantity", "unit", "received", "received_by", "proxy_reason", "report"),
        ("proxy_reason", "report"),
    ),
    Part("vocabulary_edit", VocabularyEdit, ("account_id",), ("concept", "word", "action", "reason"), ("reason",)),
)
