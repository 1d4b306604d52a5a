"""Password hashes: argon2id, off the event loop."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from chassis.runtime.offload import offload
from services.registry import settings


@cache
def _hasher(memory: int, time: int, lanes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=time, memory_cost=memory, parallelism=lanes)


def _current() -> PasswordHasher:
    return _hasher(settings.ARGON2_MEMORY_KIB.get(), settings.ARGON2_TIME.get(), settings.ARGON2_PARALLELISM.get())


def hash_password(password: str) -> str:
    """A salted hash with its parameters in it."""
    return offload(_current().hash, password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password. Without a hash the same work is done in vain, so time tells nobody who exists."""
    if password_hash is None:
        hash_password(password)
        return False
    try:
        return offload(_current().verify, password_hash, password)
    except VerificationError:
        return False


def outdated(password_hash: str) -> bool:
    """Whether the parameters have changed since."""
    return _current().check_needs_rehash(password_hash)
