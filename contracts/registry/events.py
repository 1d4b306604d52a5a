"""Events of places, people and organisations: ids and facts only, never a name of a person, a phone or an e-mail."""

from __future__ import annotations

from chassis.events import Event, event

_EVERYONE = ("projects", "resources", "notify")


@event(owner="registry", subject="organisation_id", handled_by=_EVERYONE)
class OrganisationRegistered(Event, frozen=True):
    """An organisation is known from now on. ``kind`` and ``legal_tier`` as in contracts.registry.organisations."""

    organisation_id: str
    name: str
    kind: str
    legal_tier: str
    fields: list[str]
    street_code: str | None
    hub_id: str | None
    status: str
    in_breach: bool


@event(owner="registry", subject="organisation_id", handled_by=_EVERYONE)
class OrganisationChanged(Event, frozen=True):
    """The whole organisation as it is after a change; ``changed`` names the fields that differ."""

    organisation_id: str
    name: str
    kind: str
    legal_tier: str
    fields: list[str]
    street_code: str | None
    hub_id: str | None
    status: str
    in_breach: bool
    changed: list[str]


@event(owner="registry", subject="account_id", handled_by=_EVERYONE)
class AccountOpened(Event, frozen=True):
    """Somebody may sign in from now on, in one role."""

    account_id: str
    role: str
    organisation_id: str | None
    account_streets: list[str]
    community_code: str | None
    verified: bool


@event(owner="registry", subject="account_id", handled_by=_EVERYONE)
class AccountVerified(Event, frozen=True):
    """Street staff or a grid worker confirmed that a resident lives in this community."""

    account_id: str
    community_code: str
    street_code: str


@event(owner="registry", subject="session_id", handled_by=("projects", "resources", "notify"))
class SessionRevoked(Event, frozen=True):
    """A session or an API key has ended: signed out, revoked, stolen, password changed. Its access tokens are refused
    by each service from the moment it hears of it."""

    session_id: str
    account_id: str
    reason: str


@event(owner="registry", subject="policy_id")
class PolicyChanged(Event, frozen=True):
    """The bureau changed a number the rules read."""

    policy_id: str
    key: str
    value: int | list[str]


@event(owner="registry", subject="field_id")
class FieldAdded(Event, frozen=True):
    """The taxonomy of fields has one more entry."""

    field_id: str
    code: str


@event(owner="registry", subject="seed_group_id")
class SeedGroupStarted(Event, frozen=True):
    """Backbone people begin to gather a group."""

    seed_group_id: str
    street_code: str
    community_code: str | None
    hub_id: str | None


@event(owner="registry", subject="seed_group_id")
class SeedMemberAdded(Event, frozen=True):
    """A member joined; who it is stays home."""

    seed_group_id: str
    seed_member_id: str
    kind: str
    members: int


@event(owner="registry", subject="seed_group_id")
class SeedMemberLeft(Event, frozen=True):
    """A member left."""

    seed_group_id: str
    seed_member_id: str
    members: int


@event(owner="registry", subject="seed_group_id")
class SeedMeetingHeld(Event, frozen=True):
    """The group met."""

    seed_group_id: str
    meeting_id: str
    held_on: str
    attendance: int


@event(owner="registry", subject="seed_group_id")
class SeedGroupReady(Event, frozen=True):
    """The group reached the threshold and may be filed."""

    seed_group_id: str
    backbone: int
    members: int
    meetings: int
    capable: int = 0


@event(owner="registry", subject="seed_group_id", handled_by=("notify",))
class SeedGroupFiled(Event, frozen=True):
    """The group was filed (备案) and is an organisation now."""

    seed_group_id: str
    organisation_id: str
    street_code: str
    hub_id: str | None


@event(owner="registry", subject="seed_group_id")
class SeedGroupDissolved(Event, frozen=True):
    """The group gave up."""

    seed_group_id: str
