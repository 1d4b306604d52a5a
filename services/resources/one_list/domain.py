"""The one list: states of an entry, what each kind needs, what may be public, what a version holds. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.resources.codes_one_list import OneListCode

DRAFT, LISTED, DUE, RETIRED = "draft", "listed", "due_for_recheck", "retired"
STATUSES = (DRAFT, LISTED, DUE, RETIRED)
ACTIONS = ("change", "confirm", "fall_due", "recheck", "retire", "reopen")
ON_THE_LIST = (LISTED, DUE)
PEOPLE = ("talent", "volunteer")
PERSONAL = ("person_name", "contact_name", "contact_phone")
REGISTRY, PERSON, CENSUS, TALENT_GRID = "registry", "person", "census", "talent_grid"
OPEN_TO_ALL = ("summary", "category", "place", "opening_hours", "contact_name", "contact_phone", "is_public")

TRANSITIONS: dict[tuple[str, str], str] = {
    (DRAFT, "change"): DRAFT,
    (DRAFT, "confirm"): LISTED,
    (DRAFT, "retire"): RETIRED,
    (LISTED, "change"): LISTED,
    (LISTED, "fall_due"): DUE,
    (LISTED, "recheck"): LISTED,
    (LISTED, "retire"): RETIRED,
    (DUE, "change"): DUE,
    (DUE, "recheck"): LISTED,
    (DUE, "retire"): RETIRED,
    (RETIRED, "reopen"): DRAFT,
}

# What a version freezes of an entry: nothing personal. A person on it is a kind, a skill and a place.
FROZEN = (
    "kind",
    "title",
    "summary",
    "category",
    "fields_of_work",
    "community_code",
    "cell_code",
    "place",
    "opening_hours",
    "status",
    "is_public",
)


def next_status(status: str, action: str) -> str:
    """The table, or a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(OneListCode.ENTRY_STATE, status=status, action=action) from None


def check_facts(facts: Mapping[str, Any]) -> None:
    """Raises ``list_entry_invalid`` with every problem."""
    problems = []
    if facts["kind"] in PEOPLE:
        problems += [] if facts.get("person_name") else ["person_name: missing"]
        problems += [f"{name}: not of a person" for name in ("title", "place", "organisation_id") if facts.get(name)]
    else:
        problems += [] if facts.get("title") else ["title: missing"]
        problems += [f"{name}: of a person only" for name in ("person_name", "account_id") if facts.get(name)]
    if facts["kind"] == "organisation" and facts.get("organisation_id"):
        problems.append("organisation_id: a registered organisation is on the list by itself")
    for hours in facts.get("opening_hours") or ():
        if hours["opens"] >= hours["closes"]:
            problems.append("opening_hours: closes after it opens")
        if len(set(hours["days"])) != len(hours["days"]):
            problems.append("opening_hours: a day twice")
    if problems:
        raise InvalidError(OneListCode.ENTRY_INVALID, problems=problems)


def check_changes(source: str, names: Iterable[str]) -> None:
    """What the registry says of an organisation is not changed here."""
    kept = sorted(set(names) - set(OPEN_TO_ALL))
    if source == REGISTRY and kept:
        raise ConflictError(OneListCode.ENTRY_OF_REGISTRY, fields=kept)


def check_public(kind: str, *, is_public: bool, consented: bool) -> None:
    """Volunteers' data are published only with consent (志愿服务条例)."""
    if is_public and kind in PEOPLE and not consented:
        raise ConflictError(OneListCode.CONSENT_NEEDED)


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Field by field; of a personal one only that it changed."""
    found = []
    for field in after:
        if before.get(field) == after[field]:
            continue
        hidden = field in PERSONAL
        pair = {"before": None, "after": None} if hidden else {"before": before.get(field), "after": after[field]}
        found.append({"field": field, "personal": hidden, **pair})
    return found


def is_shown(row: Mapping[str, Any]) -> bool:
    """Whether everybody may see the entry."""
    consented = row["kind"] not in PEOPLE or row["publish_consented_at"] is not None
    return bool(row["is_public"]) and row["status"] in ON_THE_LIST and consented


def shown_contact(row: Mapping[str, Any]) -> dict[str, Any]:
    """The contact of a public entry: with the person's own consent only."""
    agreed = is_shown(row) and row["contact_consented_at"] is not None
    return {name: row[name] if agreed else None for name in ("contact_name", "contact_phone")}


def fingerprint(facts: Mapping[str, Any]) -> str:
    """SHA-256 of the facts, however their keys are ordered."""
    text = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of(items: Iterable[tuple[str, str]]) -> str:
    """Over ``(entry id, digest)`` in the order of ids: anyone with the items can compute it again."""
    whole = hashlib.sha256()
    for entry_id, digest in sorted(items):
        whole.update(f"{entry_id} {digest}\n".encode())
    return whole.hexdigest()


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The fields that are not the same."""
    return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
