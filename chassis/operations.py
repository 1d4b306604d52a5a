"""Operations: what a service promises to be called with, by whom, and what it answers. Contracts hold them as data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from marshmallow import Schema

from chassis.actor import ANYONE as ANYONE
from chassis.events import Event, type_of


@dataclass(frozen=True, kw_only=True)
class Cached:
    """A gateway may keep the reply; this says what makes it stale.

    ``about`` names the argument with a noun's id: every event with that subject does. ``until`` lists events that do
    whatever their subject, for replies that show more than one noun. Only for replies without personal fields that
    follow from the arguments and the caller's scope (role, streets, organisation, purpose), never from the time or
    from who exactly asks.
    """

    about: str = ""
    until: tuple[type[Event], ...] = ()

    @property
    def events(self) -> tuple[str, ...]:
        return tuple(type_of(struct).name for struct in self.until)


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One row of the authorisation table and of the API.

    ``input`` is loaded by the runtime into keyword arguments (path, query and body alike); ``output`` documents the
    reply; ``roles`` may call it (``("*",)``: also people who have not signed in); ``reread`` names the read that
    renders a stored reply again; ``secret`` keeps the reply out of the command log altogether (tokens). With
    ``repeats`` a command that comes again is carried out again: it knows a repetition itself, and answers as it did.
    """

    name: str
    kind: Literal["rpc", "command"]
    input: type[Schema]
    output: type[Schema] | None
    roles: frozenset[str]
    zh: str
    en: str
    many: bool = False
    reread: str | None = None
    secret: bool = False
    repeats: bool = False
    cached: Cached | None = None


class Nothing(Schema):
    """An operation without arguments."""


def rpc(
    name: str,
    takes: type[Schema] | None,
    gives: type[Schema] | None,
    *,
    roles: Iterable[str],
    zh: str,
    en: str,
    many: bool = False,
    cached: Cached | None = None,
) -> Operation:
    """A read. ``many``: the reply is a page ``{items, next_cursor}`` of ``gives``."""
    return Operation(
        name=name,
        kind="rpc",
        input=takes or Nothing,
        output=gives,
        roles=frozenset(roles),
        zh=zh,
        en=en,
        many=many,
        cached=cached,
    )


def command(
    name: str,
    takes: type[Schema] | None,
    gives: type[Schema] | None,
    *,
    roles: Iterable[str],
    zh: str,
    en: str,
    reread: str | None = None,
    secret: bool = False,
    repeats: bool = False,
) -> Operation:
    """A write, in one transaction, idempotent by command id."""
    return Operation(
        name=name,
        kind="command",
        input=takes or Nothing,
        output=gives,
        roles=frozenset(roles),
        zh=zh,
        en=en,
        reread=reread,
        secret=secret,
        repeats=repeats,
    )
