"""Databases: created where absent, migrated one replica at a time, and compared with the models."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.autogenerate.api import AutogenContext
from alembic.autogenerate.render import _repr_type
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.operations import ops
from alembic.runtime.environment import EnvironmentContext
from sqlalchemy import URL, Connection, MetaData, create_engine, inspect, text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.types import TypeDecorator

from chassis import db, logging, tables
from chassis.runtime.service import Service

log = logging.get(__name__)
LOCK = 0x464F4F55
LOCK_TIMEOUT = "5s"
_HERE = Path(__file__).parent / "alembic"


def metadata_of(service: Service) -> list[MetaData]:
    """What the database must look like: the chassis's tables and the service's."""
    return [tables.Base.metadata, *service.metadata]


def versions_of(service: Service) -> Path:
    """``services/<svc>/migrations/versions``, beside the module of the service class."""
    module = sys.modules[service.cls.__module__].__file__
    assert module is not None
    return Path(module).parent / "migrations" / "versions"


def migrate(service: Service, url: URL | None = None) -> None:
    """Create the database if it is absent and bring it to the newest revision. Safe to repeat and in parallel."""
    url = url or db.database_url(service.database_name)
    create_database(url)
    with _connection(url) as connection, _alone(connection):
        command.upgrade(_config(service, connection), "head")


def revision(service: Service, message: str) -> Path | None:
    """Write the next revision from what the models say; ``None`` where they say nothing new."""
    url = db.database_url(service.database_name)
    url = url.set(database=f"{url.database}_revision_{os.getpid()}")
    folder = versions_of(service)
    folder.mkdir(parents=True, exist_ok=True)
    try:
        migrate(service, url)
        with _connection(url) as connection:
            number = f"{len(list(folder.glob('[0-9]*.py'))) + 1:04d}"
            made = command.revision(_config(service, connection), message, autogenerate=True, rev_id=number)
    finally:
        drop_database(url)
    path = getattr(made, "path", None)
    return Path(path) if path else None


def differences(service: Service, connection: Connection) -> list[Any]:
    """How a migrated database differs from the models; empty is right."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    found: list[Any] = compare_metadata(context, metadata_of(service))  # type: ignore[arg-type]
    return found


def create_database(url: URL) -> None:
    with _server(url) as connection:
        known = connection.execute(text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": url.database})
        if known.scalar() is not None:
            return
        try:
            connection.execute(text(f'CREATE DATABASE "{url.database}"'))
        except (ProgrammingError, IntegrityError) as error:  # another replica was faster
            log.info("database_exists", database=url.database, error=type(error).__name__)


def drop_database(url: URL) -> None:
    with _server(url) as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)'))


@contextmanager
def _server(url: URL) -> Iterator[Connection]:
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _connection(url: URL) -> Iterator[Connection]:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def _alone(connection: Connection) -> Iterator[None]:
    """Other replicas' migrate steps wait here; a migration itself waits five seconds for a table at most."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.execute(text(f"SET lock_timeout = '{LOCK_TIMEOUT}'"))
    connection.commit()
    try:
        yield
        connection.commit()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()


def _config(service: Service, connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.set_main_option("path_separator", "os")
    config.set_main_option("version_locations", str(versions_of(service)))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    metadata = metadata_of(service)
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    config.attributes["render_item"] = _render
    config.attributes["finish_revision"] = _finisher(connection, metadata)
    return config


def _render(kind: str, item: Any, context: AutogenContext) -> str | bool:
    """Column types of ours are written as the PostgreSQL type they are: a revision must not import the models."""
    if kind == "type" and isinstance(item, TypeDecorator):
        assert context.dialect is not None
        return _repr_type(item.load_dialect_impl(context.dialect), context)
    return False


def _finisher(connection: Connection, metadata: list[MetaData]) -> Callable[..., None]:
    """Autogenerate does not see sequences, and would write empty revisions."""

    def finish(context: EnvironmentContext, revision: Any, directives: list[Any]) -> None:
        script = directives[0]
        known = set(inspect(connection).get_sequence_names())
        for name in sorted({name for one in metadata for name in one._sequences if name not in known}):
            script.upgrade_ops.ops.insert(0, ops.ExecuteSQLOp(f'CREATE SEQUENCE "{name}"'))
            script.downgrade_ops.ops.append(ops.ExecuteSQLOp(f'DROP SEQUENCE "{name}"'))
        if script.upgrade_ops.is_empty():
            directives.clear()

    return finish
