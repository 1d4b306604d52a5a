"""Passwords: argon2id hashes made off the event loop, and the rules a new one keeps."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from chassis.runtime.offload import offload
from services.registry import settings
from services.registry.accounts import domain
from services.registry.policies.queries import number

COMMON = Path(__file__).parent / "data" / "common-passwords.txt"


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
    if not password_hash:
        hash_password(password)
        return False
    try:
        return offload(_current().verify, password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def outdated(password_hash: str) -> bool:
    """Whether the parameters have changed since."""
    return _current().check_needs_rehash(password_hash)


@cache
def common() -> frozenset[str]:
    """The list of the most guessed, in lower case (data/README.md says where it comes from)."""
    lines = COMMON.read_text().splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


def check_new(session: Session, district_code: str, password: str, *, login: str | None) -> None:
    """Raises :class:`chassis.errors.InvalidError` naming the rule a new password breaks."""
    least = number(session, district_code, "password_least_length")
    domain.check_password(password, least=least, login=login, common=common())
