"""Events of the one list: ids and facts only, nobody's name or number."""

from __future__ import annotations

from chassis.events import Event, event


class ListEntryFact(Event, frozen=True, kw_only=True):
    """What every event of an entry says."""

    list_entry_id: str
    kind: str
    source: str
    status: str


@event(owner="resources", subject="list_entry_id")
class ListEntryDrafted(ListEntryFact, frozen=True, kw_only=True):
    """An entry of the one list was written down."""


@event(owner="resources", subject="list_entry_id")
class ListEntryConfirmed(ListEntryFact, frozen=True, kw_only=True):
    """The entry is on the list."""

    recheck_due_on: str


@event(owner="resources", subject="list_entry_id")
class ListEntryChanged(ListEntryFact, frozen=True, kw_only=True):
    """The entry's facts changed; ``fields`` names them without their values."""

    fields: list[str]


@event(owner="resources", subject="list_entry_id", handled_by=("notify",))
class ListEntryFellDue(ListEntryFact, frozen=True, kw_only=True):
    """The entry must be checked again."""

    recheck_due_on: str


@event(owner="resources", subject="list_entry_id")
class ListEntryRechecked(ListEntryFact, frozen=True, kw_only=True):
    """Somebody checked that the entry is still right."""

    recheck_due_on: str


@event(owner="resources", subject="list_entry_id")
class ListEntryRetired(ListEntryFact, frozen=True, kw_only=True):
    """The entry left the list."""


@event(owner="resources", subject="list_entry_id")
class ListEntryReopened(ListEntryFact, frozen=True, kw_only=True):
    """A retired entry is a draft again."""


@event(owner="resources", subject="list_entry_id")
class ListEntryConsentSet(ListEntryFact, frozen=True, kw_only=True):
    """A person agreed to be published, or does not agree any more."""

    publish: bool
    contact: bool


@event(owner="resources", subject="list_entry_id")
class ListEntryErased(ListEntryFact, frozen=True, kw_only=True):
    """What the entry told of a person is gone."""


@event(owner="resources", subject="list_entry_id")
class ListContactDisclosed(Event, frozen=True, kw_only=True):
    """Somebody read the entry's personal fields unmasked; why is in the access log."""

    list_entry_id: str
    fields: list[str]


@event(owner="resources", subject="list_version_id")
class OneListPublished(Event, frozen=True, kw_only=True):
    """A version of a street's list was published; ``digest`` fixes what was on it."""

    list_version_id: str
    street_code: str
    number: int
    entries: int
    digest: str


@event(owner="resources", subject="job_id")
class OneListExported(Event, frozen=True, kw_only=True):
    """A street's list went out as a file."""

    job_id: str
    account_id: str | None
    street_code: str
    list_version_id: str | None
    form: str
    rows: int
    file_sha256: str


@event(owner="resources", subject="list_rule_id")
class ListRuleSet(Event, frozen=True, kw_only=True):
    """The bureau set a number of the one list or the talent grid."""

    list_rule_id: str
    key: str
    value: int
