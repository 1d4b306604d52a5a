"""Settings from the environment: name, default and a sentence each; docs/settings.md is printed from them."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar, cast

T = TypeVar("T")
_ALL: dict[str, Setting[object]] = {}


@dataclass(frozen=True)
class Setting(Generic[T]):
    """One setting. Call :meth:`get`; it reads the environment each time, so tests need no reload."""

    name: str
    default: T
    parse: Callable[[str], T]
    doc: str
    file: Setting[str] | None = None

    def get(self) -> T:
        text = os.environ.get(self.name) or self._filed()
        if text is None or text == "":
            return self.default
        try:
            return self.parse(text)
        except ValueError as error:
            raise SystemExit(f"{self.name}={text!r} is not valid: {error}. {self.doc}") from error

    def _filed(self) -> str:
        """A secret need not stand in the environment, where every child and every listing shows it."""
        path = self.file.get() if self.file else ""
        try:
            return Path(path).read_text().strip() if path else ""
        except OSError as error:
            raise SystemExit(
                f"{self.file.name if self.file else ''}={path} cannot be read: {error.strerror}"
            ) from error


def setting(
    name: str,
    default: T,
    doc: str,
    parse: Callable[[str], T] | None = None,
    *,
    file: Setting[str] | None = None,
    listed: bool = True,
) -> Setting[T]:
    """Declare a setting; ``parse`` defaults to the type of ``default``; ``file`` names a file that may hold it.

    ``listed``: it is one of the product's, which docs/settings.md prints.
    """
    parser = parse or cast("Callable[[str], T]", _flag if isinstance(default, bool) else type(default))
    made = Setting(name, default, parser, doc, file)
    if listed:
        _ALL[name] = cast("Setting[object]", made)
    return made


def documented() -> list[Setting[object]]:
    """Every setting declared by the modules imported so far, by name."""
    return [_ALL[name] for name in sorted(_ALL)]


def one_of(*words: str) -> Callable[[str], str]:
    """A parser of settings that name one of a few words."""

    def parse(text: str) -> str:
        if text not in words:
            raise ValueError(f"use one of {', '.join(words)}")
        return text

    return parse


def _flag(text: str) -> bool:
    if text.lower() in {"1", "true", "yes", "on"}:
        return True
    if text.lower() in {"0", "false", "no", "off"}:
        return False
    raise ValueError("use 1 or 0")


def _level(text: str) -> str:
    if text.upper() not in logging.getLevelNamesMapping():
        raise ValueError("no such level")
    return text.upper()


AMQP_URI_FILE = setting("AMQP_URI_FILE", "", "File that holds AMQP_URI, where that is not set itself.")
AMQP_URI = setting(
    "AMQP_URI",
    "pyamqp://guest:guest@127.0.0.1:5672//",
    "RabbitMQ, as a URI; of a cluster one URI per node, separated by semicolons.",
    file=AMQP_URI_FILE,
)
RPC_QUEUE_TYPE = setting(
    "RPC_QUEUE_TYPE",
    "classic",
    "classic on one RabbitMQ node, quorum in a cluster. A queue that is there keeps its type: delete it to change.",
    one_of("classic", "quorum"),
)
DATABASE_URL = setting(
    "DATABASE_URL", "postgresql://postgres@127.0.0.1:5432", "PostgreSQL server, without a database name."
)
DATABASE_PREFIX = setting("DATABASE_PREFIX", "footprint_", "Databases are named prefix + service.")
DISTRICT = setting("FOOTPRINT_DISTRICT", "370211", "Division code (GB/T 2260, 6 digits) of the district served.")
DEMO = setting("FOOTPRINT_DEMO", False, "1 marks a demonstration: the district clock may be moved forward.")
VAR = setting("FOOTPRINT_VAR", "var", "Folder of local state: secrets, files, logs.")
FILES_KEY_FILE = setting(
    "FILES_KEY_FILE",
    "",
    "File with 32 random bytes in base64 per line: encrypts stored files; gateways and services share it. The first "
    "line encrypts, every line decrypts. Empty: files are stored as they are.",
)
FILES_URL = setting("FILES_URL", "", "Evidence store: file:///folder or s3://bucket; empty: files in FOOTPRINT_VAR.")
PROCESS = setting("FOOTPRINT_PROCESS", "", "Name of this process in logs and metrics.")
LOG_LEVEL = setting("LOG_LEVEL", "INFO", "DEBUG, INFO, WARNING or ERROR.", _level)
TOKEN_PUBLIC_KEY_FILE = setting(
    "TOKEN_PUBLIC_KEY_FILE", "", "PEM file: Ed25519 public key that verifies access tokens."
)
TOKEN_SIGNING_KEY_FILE = setting(
    "TOKEN_SIGNING_KEY_FILE", "", "PEM file: Ed25519 private key that signs access tokens; registry only."
)
INTERNAL_PUBLIC_KEY_FILE = setting(
    "INTERNAL_PUBLIC_KEY_FILE", "", "PEM file: Ed25519 public key that verifies service-to-service tokens."
)
INTERNAL_SIGNING_KEY_FILE = setting(
    "INTERNAL_SIGNING_KEY_FILE", "", "PEM file: Ed25519 private key of service-to-service tokens; not for gateways."
)
REVOCATION_SECONDS = setting(
    "TOKEN_REVOCATION_SECONDS", 2.0, "Seconds after which a process has read anew which sessions were ended."
)
SEAL_CIPHER = setting(
    "SEAL_CIPHER",
    "aes-256-gcm",
    "Cipher of encrypted columns: aes-256-gcm, or sm4-gcm (GB/T 32907) for commercial-cryptography deployments. "
    "What the other one sealed stays readable; reseal to change it over.",
    one_of("aes-256-gcm", "sm4-gcm"),
)
WORKERS = setting("FOOTPRINT_WORKERS", 8, "Concurrent workers of a service process; also its prefetch.")
RPC_PATH = setting(
    "RPC_PATH", "fast", "How a service consumes calls: fast, or stock (Nameko's own consumer).", one_of("fast", "stock")
)
RPC_DEADLINE = setting("RPC_DEADLINE_SECONDS", 10.0, "Seconds a caller waits for an RPC reply.")
HANDLER_LIMIT = setting("HANDLER_LIMIT_SECONDS", 60.0, "Seconds an event handler may run.")
DRAIN_LIMIT = setting("DRAIN_LIMIT_SECONDS", 30.0, "Seconds a process may take to finish its work after SIGTERM.")
HEARTBEAT = setting("AMQP_HEARTBEAT_SECONDS", 60, "AMQP heartbeat.")
RETRY_LIMIT = setting("EVENT_RETRY_LIMIT", 5, "Delayed retries of a failing event before it is parked.")
CONFIRM_LIMIT = setting("CONFIRM_LIMIT_SECONDS", 10.0, "Seconds to wait for the broker's confirm of a publish.")
BODY_LIMIT = setting("EVENT_BODY_LIMIT_BYTES", 256 * 1024, "Largest event body; larger facts travel by reference.")
JOB_LEASE = setting(
    "JOB_LEASE_SECONDS", 600.0, "A job whose process died is claimed again this long after it was heard of."
)
STATEMENT_TIMEOUT = setting("STATEMENT_TIMEOUT_MS", 30_000, "PostgreSQL statement_timeout of a service, milliseconds.")
INBOX_DAYS = setting("INBOX_RETENTION_DAYS", 90, "Days an inbox row is kept; more than parked + outbox.")
PARKED_DAYS = setting("PARKED_RETENTION_DAYS", 60, "Days a parked message may still be replayed.")
OUTBOX_DAYS = setting("OUTBOX_RETENTION_DAYS", 14, "Days a sent outbox row is kept.")
COMMAND_DAYS = setting("COMMAND_RETENTION_DAYS", 30, "Days a stored reply answers its idempotency key.")
