"""The shape of a rule: which event tells whom, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from contracts.notify import kinds


@dataclass(frozen=True)
class To:
    """Recipients: the accounts of an organisation, one account, or every holder of a role where the event happened.

    ``name`` is the event's field with the id (or list of ids); of a role that the event itself names, with the role;
    for roles that the rule names it is unused.
    """

    by: Literal["organisation", "account", "roles", "role"]
    name: str = ""
    roles: tuple[str, ...] = ()


def organisation(name: str = "organisation_id") -> To:
    """Every account of the organisation in this field."""
    return To("organisation", name)


def account(name: str = "account_id") -> To:
    """The account in this field."""
    return To("account", name)


def roles(*names: str) -> To:
    """Holders of these roles in the event's streets; of the whole district where the event names no street."""
    return To("roles", roles=names)


def role_in(name: str) -> To:
    """Holders of the role in this field, where the event happened: an escalation names whom it reaches."""
    return To("role", name)


@dataclass(frozen=True)
class Words:
    """Jinja texts over the event's fields."""

    title_zh: str
    body_zh: str
    title_en: str
    body_en: str


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One row of the rule table. ``email``: also by e-mail; webhooks go to whoever subscribed.

    ``hold``: an organisation that has no account yet is told when its first one opens. ``when``: a field of the event,
    and with which of its values people are told; otherwise always.
    """

    event: str
    kind: str
    to: tuple[To, ...]
    words: Words
    priority: str = kinds.NORMAL
    email: bool = True
    hold: bool = True
    when: tuple[str, frozenset[str] | frozenset[bool]] | None = None

    def concerns(self, facts: dict[str, Any]) -> bool:
        """Whether anybody is told of this one."""
        return self.when is None or facts.get(self.when[0]) in self.when[1]
