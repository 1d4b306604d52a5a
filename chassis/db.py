"""Storage: column types, row mixins, engine, paging and the one place where scope is applied."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import msgspec
import psycopg2
from sqlalchemy import (
    URL,
    BigInteger,
    ColumnElement,
    DateTime,
    Engine,
    ForeignKey,
    MetaData,
    Select,
    String,
    create_engine,
    event,
    make_url,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.orm import (
    DeclarativeBase,
    InstrumentedAttribute,
    Mapped,
    Session,
    declared_attr,
    mapped_column,
    registry,
    sessionmaker,
)
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeDecorator

from chassis import config, ids
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import ForbiddenError, StaleError
from chassis.paging import MAX_PAGE as MAX_PAGE
from chassis.paging import close_cursor, open_cursor

Row = TypeVar("Row")
READS_ONLY = "reads_only"  # in the info of sessions that can only read: one call, nothing locked
NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class TypeId(TypeDecorator[str]):
    """``prefix_…`` in Python, ``uuid`` in PostgreSQL. A malformed id matches nothing instead of failing the query."""

    impl = UUID
    cache_ok = True

    def __init__(self, prefix: str) -> None:
        super().__init__(as_uuid=True)
        self.prefix = prefix

    def process_bind_param(self, value: str | None, dialect: Dialect) -> uuid.UUID | None:
        if value is None:
            return None
        try:
            return ids.decode(self.prefix, value)
        except ValueError:
            return uuid.UUID(int=0)

    def process_result_value(self, value: uuid.UUID | None, dialect: Dialect) -> str | None:
        return None if value is None else ids.encode(self.prefix, value)


Instant = DateTime(timezone=True)


class Model(DeclarativeBase):
    """Root of every mapped class. A service derives ``class Base(Model): metadata = new_metadata(); __abstract__``."""

    __abstract__ = True
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[Any]: JSONB,
        list[str]: JSONB,
        list[dict[str, Any]]: JSONB,
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """A base with metadata of its own has class names of its own: two services may both say ``PoolLine``."""
        if "metadata" in cls.__dict__:
            types: dict[Any, Any] = cls.type_annotation_map
            cls._sa_registry = cls.registry = registry(metadata=cls.metadata, type_annotation_map=types)
        super().__init_subclass__(**kwargs)


def new_metadata() -> MetaData:
    """Metadata with the naming convention of the house."""
    return MetaData(naming_convention=NAMING)


class Tenanted:
    """Every row belongs to a district; ``street_code`` null means district-wide (CONTRACT.md, "Whose row")."""

    district_code: Mapped[str] = mapped_column(String(6), index=True)
    street_code: Mapped[str | None] = mapped_column(String(9), index=True)


class Versioned:
    """Optimistic locking: SQLAlchemy raises StaleDataError when a row changed meanwhile; also the row's ETag."""

    version: Mapped[int] = mapped_column(BigInteger, nullable=False)
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))

    @declared_attr.directive
    @classmethod
    def __mapper_args__(cls) -> dict[str, Any]:
        return {"version_id_col": cls.version}


def key(prefix: str, **kwargs: Any) -> Any:
    """Primary key column of a noun: ``id: Mapped[str] = key("prp")``."""
    return mapped_column(TypeId(prefix), primary_key=True, default=lambda: ids.new_id(prefix), **kwargs)


def ref(prefix: str, target: str | None = None, **kwargs: Any) -> Any:
    """Reference column, ``ref("rnd", "round.id")``; without target it points to a fact of another service."""
    kwargs.setdefault("index", True)
    args: list[Any] = [TypeId(prefix)]
    if target is not None:
        args.append(ForeignKey(target))
    return mapped_column(*args, **kwargs)


def database_url(service: str) -> URL:
    """The URL of a service's own database."""
    url = make_url(config.DATABASE_URL.get())
    return url.set(drivername="postgresql+psycopg2", database=config.DATABASE_PREFIX.get() + service.replace("-", "_"))


def make_engine(url: URL | str, *, pool_size: int | None = None, read_only: bool = False) -> Engine:
    """An engine whose sessions speak UTC and give up a statement after the configured time.

    ``read_only``: each statement stands alone, which saves the round trips of BEGIN and ROLLBACK, and PostgreSQL
    refuses whatever would write.
    """
    options = f"-c statement_timeout={config.STATEMENT_TIMEOUT.get()} -c timezone=UTC"
    if read_only:
        options += " -c default_transaction_read_only=on"
    engine = create_engine(
        url,
        pool_size=pool_size or config.WORKERS.get(),
        max_overflow=4,
        pool_recycle=1800,
        hide_parameters=True,  # errors reach logs and parked messages; parameters may be personal data
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
        connect_args={"options": options, "connect_timeout": 5, "tcp_user_timeout": 30_000},
        **({"isolation_level": "AUTOCOMMIT"} if read_only else {}),
    )
    event.listen(engine, "checkout", _check_alive)
    return engine


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _check_alive(connection: Any, record: Any, proxy: Any) -> None:
    """A server that restarted has hung up on an idle connection: seen without a round trip, unlike by a ping."""
    try:
        connection.poll()  # may find its last words
        connection.poll()  # finds that nothing follows
    except psycopg2.Error as error:
        raise DisconnectionError from error


def is_outage(error: DBAPIError) -> bool:
    """Whether the database was away, rather than the statement wrong."""
    return isinstance(error, OperationalError) or error.connection_invalidated


def make_sessions(engine: Engine) -> sessionmaker[Session]:
    """Sessions that keep their rows readable after commit (replies are rendered inside, but tests look afterwards)."""
    return sessionmaker(engine, expire_on_commit=False)


def make_readers(engine: Engine) -> sessionmaker[Session]:
    """Sessions on the same database that can only read."""
    size = engine.pool.size() if isinstance(engine.pool, QueuePool) else None
    return sessionmaker(
        make_engine(engine.url, pool_size=size, read_only=True), expire_on_commit=False, info={READS_ONLY: True}
    )


def scope_conditions(model: Any, *, district: Any, streets: Any) -> list[ColumnElement[bool]]:
    """What a reader may see: its district, there its streets (``None``: all of them) and what is district-wide.

    Takes values, or bind parameters for a statement that is built once.
    """
    found: list[ColumnElement[bool]] = [model.district_code == district]
    if streets is not None:
        found.append(or_(model.street_code.in_(streets), model.street_code.is_(None)))
    return found


def scoped(statement: Select[Any], model: Any, actor: Actor) -> Select[Any]:
    """Rows of the actor's district that the actor's streets may see: theirs, and district-wide ones."""
    return statement.where(*scope_conditions(model, district=actor.district_code, streets=actor.street_codes or None))


def check_street(actor: Actor, street_code: str | None) -> None:
    """A write: the street must be one of the actor's; district-wide rows only for district-wide actors."""
    if actor.street_codes and street_code not in actor.street_codes:
        raise ForbiddenError(ChassisCode.STREET_FORBIDDEN, street_code=street_code)


def check_version(row: Any, expected: int | None) -> None:
    """If-Match: refuse when the caller read another version. ``None`` means the caller did not ask."""
    if expected is not None and row.version != expected:
        raise StaleError(ChassisCode.ROW_STALE, expected=expected, current=row.version)


def page(
    session: Session,
    statement: Select[Any],
    *,
    by: InstrumentedAttribute[str],
    render: Callable[[Any], dict[str, Any]],
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """One page, newest first, by an id column (UUIDv7 sorts by time): ``{"items": […], "next_cursor": str | None}``."""
    size = min(max(limit or 50, 1), MAX_PAGE)
    if cursor is not None:
        statement = statement.where(by < open_cursor(cursor, by))
    rows = list(session.scalars(statement.order_by(by.desc()).limit(size + 1)))
    more = rows[size:]
    rows = rows[:size]
    last = getattr(rows[-1], by.key) if more else None
    return {"items": [render(row) for row in rows], "next_cursor": close_cursor(last) if last else None}


def get_scoped(session: Session, model: type[Row], row_id: str, actor: Actor, *, lock: bool = False) -> Row | None:
    """One row by id inside the actor's scope, optionally locked for the transaction."""
    statement = scoped(select(model).where(model.id == row_id), model, actor)  # type: ignore[attr-defined]
    if lock:
        statement = statement.with_for_update(of=model)
    found: Row | None = session.scalars(statement).one_or_none()
    return found
