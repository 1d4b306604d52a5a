"""Events of sign-in, roles and privacy: ids and facts only. A purpose is a word of a list, never somebody's text."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="account_id")
class AccountClosed(Event, frozen=True):
    """The account may sign in no more; its sessions have ended. ``ground`` is a word of the contract."""

    account_id: str
    role: str
    ground: str


@event(owner="registry", subject="account_id")
class AccountReopened(Event, frozen=True):
    """A closed account may sign in again, with a new password."""

    account_id: str
    role: str


@event(owner="registry", subject="account_id", handled_by=("projects", "resources", "notify"))
class AccountErased(Event, frozen=True):
    """Every personal field of the account is gone (PIPL art. 47); the id stays, for the trail. ``ground``: a word."""

    account_id: str
    ground: str


@event(owner="registry", subject="account_id", handled_by=("notify",))
class ErasureRequested(Event, frozen=True):
    """Somebody asked for the erasure of their own data."""

    account_id: str


@event(owner="registry", subject="account_id")
class PasswordChanged(Event, frozen=True):
    """``how``: own (by its owner), reset (by an administrator, to be changed at the next sign-in), required."""

    account_id: str
    how: str


@event(owner="registry", subject="account_id")
class SignInLocked(Event, frozen=True):
    """Too many wrong passwords: the login waits ``seconds``."""

    account_id: str
    failures: int
    seconds: int


@event(owner="registry", subject="account_id")
class SignInUnlocked(Event, frozen=True):
    """Security ended the wait."""

    account_id: str


@event(owner="registry", subject="account_id")
class IdentityLinked(Event, frozen=True):
    """The account may sign in with this identity provider from now on."""

    account_id: str
    provider: str


@event(owner="registry", subject="api_key_id")
class ApiKeyIssued(Event, frozen=True):
    """A client of the API got a key."""

    api_key_id: str
    account_id: str
    scopes: list[str]


@event(owner="registry", subject="api_key_id")
class ApiKeyRotated(Event, frozen=True):
    """The key has a new secret; the old one works until the overlap ends."""

    api_key_id: str
    account_id: str


@event(owner="registry", subject="api_key_id")
class ApiKeyRevoked(Event, frozen=True):
    """The key works no more."""

    api_key_id: str
    account_id: str


@event(owner="registry", subject="consent_id")
class ConsentGiven(Event, frozen=True):
    """Somebody agreed to a purpose, as a version of its notice explains it."""

    consent_id: str
    account_id: str
    purpose: str
    text_version: int


@event(owner="registry", subject="consent_id")
class ConsentWithdrawn(Event, frozen=True):
    """Somebody withdrew a consent; what was done before stays lawful."""

    consent_id: str
    account_id: str
    purpose: str


@event(owner="registry", subject="disclosure_id")
class PersonalDataDisclosed(Event, frozen=True):
    """Somebody saw personal fields unmasked, for a purpose; the reason is in the access log."""

    disclosure_id: str
    subject_id: str
    fields: list[str]
    purpose: str
