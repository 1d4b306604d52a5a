"""What cacheable operations show, and a guard that lets no write of it commit without an event that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.orm import ORMExecuteState, Session

from chassis import outbox
from chassis.actor import Actor
from chassis.events import Envelope, Event, type_of
from chassis.operations import Cached
from chassis.runtime.execute import Executor
from gateway import catalogue
from services.projects.rounds.models import PoolLine, Round
from services.registry.organisations.models import Field, Organisation
from services.registry.policies.models import Policy

# Operation → the models it is rendered from, each with the attribute that holds the id the reply is about.
SHOWN: dict[str, dict[type[Any], str]] = {
    "registry.get_organisation": {Organisation: "id"},
    "registry.list_organisations": {Organisation: "id"},
    "registry.list_fields": {Field: "id"},
    "registry.list_policies": {Policy: "id"},
    "projects.get_round": {Round: "id", PoolLine: "round_id"},
    "projects.list_rounds": {Round: "id", PoolLine: "round_id"},
}
MODELS = frozenset(model for models in SHOWN.values() for model in models)


def cacheable() -> dict[str, Cached]:
    """Every operation a gateway may keep."""
    return {name: row.cached for name, row in catalogue.load().items() if row.cached is not None}


class NobodyInParticular(Actor):
    """An actor known by scope only: a reply that many may share must not depend on more."""

    def __getattribute__(self, name: str) -> Any:
        if name in {"account_id", "session_id", "name"}:
            raise AssertionError(f"a cacheable read asks for the actor's {name}")
        return super().__getattribute__(name)


def check_read(executor: Executor, operation: str, actor: Actor, **arguments: Any) -> Any:
    """Carries the read out for nobody in particular, and sees that it looks at nothing but what SHOWN says."""
    scope = {field.name: getattr(actor, field.name) for field in fields(Actor)}
    nobody, method = NobodyInParticular(**scope), operation.partition(".")[2]
    looked: set[str] = set()

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        looked.update(re.findall(r'(?:FROM|JOIN) "?(\w+)', statement))

    with executor.sessions() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", note)
        try:
            reply = getattr(executor.service.cls(), method)(session, actor=nobody, **arguments)
        finally:
            event.remove(engine, "before_cursor_execute", note)
    assert looked <= {model.__tablename__ for model in SHOWN[operation]}, f"{operation} also shows {looked}"
    return reply


class Guard:
    """Listens to every session: rows that changed, events recorded, and at the commit whether they agree."""

    def __init__(self) -> None:
        self.seen: set[tuple[str, str]] = set()  # (operation, event) pairs that were checked

    def after_flush(self, session: Session, context: Any) -> None:
        rows = [*session.new, *session.deleted, *(row for row in session.dirty if session.is_modified(row))]
        touched = session.info.setdefault("touched", [])
        touched.extend(row for row in rows if type(row) in MODELS)

    def do_orm_execute(self, state: ORMExecuteState) -> None:
        mapper = state.bind_mapper
        if (state.is_update or state.is_delete or state.is_insert) and mapper is not None:
            assert mapper.class_ not in MODELS, (
                f"a statement over many {mapper.class_.__name__} rows tells nobody which"
            )

    def before_commit(self, session: Session) -> None:
        session.flush()
        touched, told = session.info.pop("touched", []), session.info.pop("told", [])
        for row in () if session.info.get("scenery") else touched:
            for operation, models in SHOWN.items():
                if type(row) in models:
                    self._check(operation, getattr(row, models[type(row)]), told)

    def _check(self, operation: str, about: str, told: list[tuple[str, str]]) -> None:
        cached = cacheable()[operation]
        spoils = [name for name, subject in told if name in cached.events or (cached.about and subject == about)]
        assert spoils, f"{operation} shows {about}, which changed; the transaction told only of {told}"
        self.seen.update((operation, name) for name in spoils)


@contextmanager
def guarded(monkeypatch: pytest.MonkeyPatch) -> Iterator[Guard]:
    """Over every session there is."""
    guard, envelope_of = Guard(), outbox.envelope_of

    def noted(session: Session, fact: Event) -> Envelope:
        kind = type_of(type(fact))
        session.info.setdefault("told", []).append((kind.name, getattr(fact, kind.subject_field)))
        return envelope_of(session, fact)

    monkeypatch.setattr(outbox, "envelope_of", noted)
    words = ("after_flush", "do_orm_execute", "before_commit")
    for word in words:
        event.listen(Session, word, getattr(guard, word))
    try:
        yield guard
    finally:
        for word in words:
            event.remove(Session, word, getattr(guard, word))
