"""The pool: as many connections as a service of ours may have, on asyncpg with its prepared statements."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from chassis import config, db

AUTOCOMMIT = config.setting(
    "MONOLITH_AUTOCOMMIT",
    True,
    "0: the monolith reads in transactions, with BEGIN and ROLLBACK; bench only.",
    listed=False,
)


def make_engine() -> AsyncEngine:
    """Without a ping before each use: what a monolith may leave out, it leaves out."""
    settings = {"statement_timeout": str(config.STATEMENT_TIMEOUT.get()), "timezone": "UTC"}
    return create_async_engine(
        db.database_url("registry").set(drivername="postgresql+asyncpg"),
        pool_size=config.WORKERS.get(),
        max_overflow=4,
        pool_recycle=1800,
        hide_parameters=True,
        connect_args={"server_settings": settings, "timeout": 5},
    )


def reader(engine: AsyncEngine) -> AsyncEngine:
    """The engine for reads, on the same pool: each statement alone, as the product reads, unless asked otherwise."""
    return engine.execution_options(isolation_level="AUTOCOMMIT") if AUTOCOMMIT.get() else engine
