"""CPU work off the event loop: the host that has one says how; elsewhere it simply runs (CONTRACT.md, argon2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")
Runner = Callable[..., Any]


def _directly(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return function(*args, **kwargs)


_runner: list[Runner] = [_directly]


def use(runner: Runner) -> None:
    """A host installs its thread pool here."""
    _runner[0] = runner


def run(function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    """``offload.run(hasher.hash, password)``; only for functions that touch neither database nor bus."""
    result: T = _runner[0](function, *args, **kwargs)
    return result
