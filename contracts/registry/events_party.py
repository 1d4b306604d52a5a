"""Events of party building and designations: forms, dates and counts; never a person."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="registry", subject="party_kind_id")
class PartyKindSet(Event, frozen=True):
    """A form of party organisation was added, or its rule changed."""

    party_kind_id: str
    code: str
    least_members: int
    covers: bool


@event(owner="registry", subject="party_organisation_id")
class PartyOrganisationFounded(Event, frozen=True):
    """A party organisation exists in these organisations."""

    party_organisation_id: str
    organisation_id: str
    covered: list[str]
    kind: str
    founded_on: str
    member_count: int


@event(owner="registry", subject="party_organisation_id")
class PartyMembersCounted(Event, frozen=True):
    """How many members it has, as of a day."""

    party_organisation_id: str
    organisation_id: str
    member_count: int
    as_of: str


@event(owner="registry", subject="party_organisation_id")
class PartyActivityRecorded(Event, frozen=True):
    """An activity took place, with so many present."""

    party_organisation_id: str
    organisation_id: str
    activity_id: str
    kind: str
    held_on: str
    attendance: int
    evidence: list[dict[str, Any]]


@event(owner="registry", subject="party_organisation_id")
class PartyOrganisationDissolved(Event, frozen=True):
    """It exists no more."""

    party_organisation_id: str
    organisation_id: str
    dissolved_on: str


@event(owner="registry", subject="designation_id")
class DesignationProposed(Event, frozen=True):
    """Somebody proposes a district brand, a model site or a red-flag party organisation."""

    designation_id: str
    organisation_id: str
    kind: str


@event(owner="registry", subject="designation_id", handled_by=("notify",))
class DesignationGranted(Event, frozen=True):
    """Another person granted it, for a period."""

    designation_id: str
    organisation_id: str
    kind: str
    valid_from: str
    valid_until: str | None


@event(owner="registry", subject="designation_id")
class DesignationEnded(Event, frozen=True):
    """It was ``refused``, ``withdrawn``, ``revoked``, or its time ran out (``expired``)."""

    designation_id: str
    organisation_id: str
    kind: str
    status: str
