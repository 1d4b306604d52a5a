"""What tests stand on: real databases, tokens of any role, and services in one process."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from joserfc.jwk import OKPKey
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from chassis import config, db, ids, tables, tokens
from chassis.actor import Actor
from chassis.runtime.execute import Executor
from chassis.runtime.inprocess import InProcessHost
from chassis.runtime.service import Service

DISTRICT = "370211"
ZHUHAI = "370211009"
CHANGJIANG = "370211005"
FEW_BYTES = 1_000_000


@cache
def signing_key() -> OKPKey:
    """A key pair for this test run."""
    return OKPKey.generate_key("Ed25519")


def actor(role: str, *, streets: Iterable[str] = (), organisation_id: str | None = None, **kwargs: Any) -> Actor:
    """An actor of any role with an account of its own."""
    kwargs.setdefault("account_id", ids.new_id("acc"))
    return Actor(
        role=role, district_code=DISTRICT, street_codes=tuple(streets), organisation_id=organisation_id, **kwargs
    )


def token(who: Actor) -> str:
    """A valid access token."""
    return tokens.issue(signing_key(), who, session_id=ids.new_id("ses"))


def load_service(name: str) -> Service:
    """``registry`` … or ``projects-trail``: the ``SERVICE`` (or ``TRAIL``) of services/<name>/service.py."""
    module, _, part = name.partition("-")
    service: Service = getattr(importlib.import_module(f"services.{module}.service"), part.upper() or "SERVICE")
    return service


@cache
def _admin() -> Engine:
    url = make_url(config.DATABASE_URL.get()).set(drivername="postgresql+psycopg2", database="postgres")
    return create_engine(url, isolation_level="AUTOCOMMIT")


@cache
def database(name: str) -> Engine:
    """A database of this test worker's own with every table of the service; made once, emptied per use."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "w0")
    full = f"test_{os.getpid()}_{worker}_{name}"
    with _admin().connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)'))
        connection.execute(text(f'CREATE DATABASE "{full}"'))
    engine = db.make_engine(_admin().url.set(database=full), pool_size=4)
    for metadata in (tables.Base.metadata, *load_service(name).metadata):
        metadata.create_all(engine)
    _MADE.append((full, engine))
    return engine


@cache
def readers(engine: Engine) -> sessionmaker[Session]:
    """The read-only sessions every host on this database shares: a pool per test would use up the server."""
    return db.make_readers(engine)


_MADE: list[tuple[str, Engine]] = []


def drop_databases() -> None:
    """At the end of the run."""
    for full, engine in _MADE:
        engine.dispose()
        readers(engine).kw["bind"].dispose()
        with _admin().connect() as connection:
            connection.execute(text(f'DROP DATABASE IF EXISTS "{full}" WITH (FORCE)'))


def empty(engine: Engine) -> None:
    """Forget every row (sequences keep counting). Most tables are empty, and truncating those takes the most time.

    Nor are a few rows worth a truncation; but many that are merely deleted are read past by every test to come.
    """
    with engine.begin() as connection:
        if not (filled := connection.execute(text(_filled(engine))).all()):
            return
        connection.execute(text("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 60000"))
        free = connection.execute(text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")).scalar_one()
        if large := ", ".join(f'"{name}"' for name, size in filled if size > FEW_BYTES or not free):
            connection.execute(text(f"TRUNCATE {large} CASCADE"))
        if free:
            connection.execute(text("SET LOCAL session_replication_role = replica"))  # no foreign keys, no triggers
            for name, size in filled:
                if size <= FEW_BYTES:
                    connection.execute(text(f'DELETE FROM "{name}"'))


@cache
def _filled(engine: Engine) -> str:
    """Asks which tables have rows, and how many bytes of them."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
        names = sorted(name for (name,) in rows)
    return " UNION ALL ".join(
        f"SELECT '{name}', pg_relation_size('\"{name}\"') WHERE EXISTS (SELECT FROM \"{name}\")" for name in names
    )


def make_host(*names: str, deliveries: int = 2) -> InProcessHost:
    """Services in one process on emptied databases; every event is delivered twice by default."""
    executors = []
    for name in names:
        service = load_service(name)
        engine = database(service.database_name)
        if not service.database:
            empty(engine)
        executors.append(Executor(service, db.make_sessions(engine), tokens.Verifier(signing_key()), readers(engine)))
    return InProcessHost(executors, deliveries=deliveries)


@dataclass(frozen=True)
class Caller:
    """Calls operations as one actor: ``Caller(host, actor("bureau"))("projects.create_round", name=…)``."""

    host: InProcessHost
    who: Actor | None = None
    street: str | None = None

    def __call__(self, operation: str, *, command_id: str | None = None, **kwargs: Any) -> Any:
        service, _, method = operation.partition(".")
        headers = {"command_id": command_id, "street": self.street}
        if self.who is not None:
            headers["authorization"] = token(self.who)
        return self.host.call(service, method, kwargs, {name: value for name, value in headers.items() if value})

    def at(self, street: str) -> Caller:
        """The same caller through a street gateway."""
        return replace(self, street=street)
