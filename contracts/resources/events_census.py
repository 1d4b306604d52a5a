"""Events of the census: ids, places and counts; nobody's answers."""

from __future__ import annotations

from chassis.events import Event, event


class CensusFact(Event, frozen=True, kw_only=True):
    """What every event of a campaign says."""

    census_id: str
    street_code: str
    is_recheck: bool


@event(owner="resources", subject="census_id")
class CensusDrafted(CensusFact, frozen=True, kw_only=True):
    """A census campaign was drafted, or its draft changed."""


@event(owner="resources", subject="census_id")
class CensusPlaceSet(CensusFact, frozen=True, kw_only=True):
    """A place to cover was set, with how many are expected there; 0 takes it out."""

    place_code: str
    expected: int


@event(owner="resources", subject="census_id", handled_by=("notify",))
class CensusAssigned(CensusFact, frozen=True, kw_only=True):
    """A place was given to somebody to visit, or taken from them."""

    place_code: str
    account_id: str
    assigned: bool


@event(owner="resources", subject="census_id")
class CensusOpened(CensusFact, frozen=True, kw_only=True):
    """Records may come in."""

    places: int
    expected: int


@event(owner="resources", subject="census_id")
class CensusClosed(CensusFact, frozen=True, kw_only=True):
    """The campaign ended; ``report_digest`` fixes what its report says."""

    expected: int
    visited: int
    listed: int
    report_digest: str


@event(owner="resources", subject="census_id")
class CensusCancelled(CensusFact, frozen=True, kw_only=True):
    """The campaign will not take place."""


class CensusRecordFact(Event, frozen=True, kw_only=True):
    """What every event of a record says."""

    census_record_id: str
    census_id: str
    kind: str
    place_code: str


@event(owner="resources", subject="census_record_id")
class CensusRecordKept(CensusRecordFact, frozen=True, kw_only=True):
    """Somebody wrote down what they found, or corrected it."""


@event(owner="resources", subject="census_record_id")
class CensusRecordSubmitted(CensusRecordFact, frozen=True, kw_only=True):
    """The record waits to be verified."""


@event(owner="resources", subject="census_record_id")
class CensusRecordReturned(CensusRecordFact, frozen=True, kw_only=True):
    """The record was sent back to be corrected."""


@event(owner="resources", subject="census_record_id")
class CensusRecordVerified(CensusRecordFact, frozen=True, kw_only=True):
    """Another person found the record to be right."""


@event(owner="resources", subject="census_record_id")
class CensusRecordRejected(CensusRecordFact, frozen=True, kw_only=True):
    """The record is not used."""


@event(owner="resources", subject="census_record_id")
class CensusRecordListed(CensusRecordFact, frozen=True, kw_only=True):
    """The record became an entry of the list, or renewed one."""

    list_entry_id: str
    merged: bool
