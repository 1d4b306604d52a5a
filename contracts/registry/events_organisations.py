"""Events of organisations' details, duplicates, merges, credit facts and readiness: ids and facts, nobody's name."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="organisation_id")
class OrganisationDetailChanged(Event, frozen=True):
    """An identifier, contact, address or area was ``added``, ``changed`` or ``removed``; what it says stays home."""

    organisation_id: str
    item: str
    item_id: str
    action: str


@event(owner="registry", subject="organisation_id")
class OrganisationAssured(Event, frozen=True):
    """Somebody confirmed the organisation's data; the next confirmation is due on ``due_on``."""

    organisation_id: str
    assured_at: str
    due_on: str


@event(owner="registry", subject="pair_id")
class DuplicateDecided(Event, frozen=True):
    """Two organisations are not the same (``dismissed``), or may be after all (``open``)."""

    pair_id: str
    organisation_id: str
    other_id: str
    status: str


@event(owner="registry", subject="merge_id")
class MergeProposed(Event, frozen=True):
    """Somebody proposes that one organisation be merged into another."""

    merge_id: str
    survivor_id: str
    merged_id: str


@event(owner="registry", subject="merge_id")
class MergeClosed(Event, frozen=True):
    """A proposal was ``rejected`` or ``withdrawn``."""

    merge_id: str
    survivor_id: str
    merged_id: str
    status: str


@event(owner="registry", subject="merge_id", handled_by=("projects", "resources", "notify"))
class OrganisationsMerged(Event, frozen=True):
    """``merged_id`` is ``survivor_id`` from now on; ``account_ids`` act for the latter; ``moved`` counts records."""

    merge_id: str
    survivor_id: str
    merged_id: str
    account_ids: list[str]
    moved: int


@event(owner="registry", subject="account_id", handled_by=("projects", "resources", "notify"))
class AccountMoved(Event, frozen=True):
    """An account acts in another role, for another organisation or in other streets from now on. As a whole.

    ``ground``: ``merge`` (its organisation was merged, or a merge undone) or ``role`` (somebody changed its role).
    """

    account_id: str
    role: str
    organisation_id: str | None
    account_streets: list[str]
    community_code: str | None
    verified: bool
    ground: str = "merge"


@event(owner="registry", subject="merge_id", handled_by=("projects", "resources", "notify"))
class MergeUndone(Event, frozen=True):
    """The two are two again, with what each had; ``account_ids`` act for ``merged_id`` again."""

    merge_id: str
    survivor_id: str
    merged_id: str
    account_ids: list[str]
    restored: int


@event(owner="registry", subject="credit_fact_id")
class CreditFactRecorded(Event, frozen=True):
    """An abnormal list, a serious-dishonesty list or a penalty names the organisation, as of a date."""

    credit_fact_id: str
    organisation_id: str
    kind: str
    as_of: str
    in_force_until: str | None


@event(owner="registry", subject="credit_fact_id")
class CreditFactEnded(Event, frozen=True):
    """A credit fact was ``revoked`` by whoever stated it, or its time ran out (``expired``)."""

    credit_fact_id: str
    organisation_id: str
    kind: str
    status: str


@event(owner="registry", subject="organisation_id")
class ReadinessDeclared(Event, frozen=True):
    """The organisation declared facts that registration asks for; ``facts`` names them."""

    organisation_id: str
    facts: list[str]


@event(owner="registry", subject="rule_set_id")
class ReadinessRulesSet(Event, frozen=True):
    """The conditions of registration for a legal form have a new version, from ``valid_from``."""

    rule_set_id: str
    legal_form: str
    version: int
    valid_from: str
