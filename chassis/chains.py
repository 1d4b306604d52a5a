"""Keys that became other keys: what follows from ``{old: new}``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def chain(key: str, successors: Mapping[str, str]) -> list[str]:
    """What came after a key, in turn; ends where a key has no successor, or where data lead in a circle."""
    found: list[str] = []
    while (after := successors.get(key)) is not None and after not in found:
        found.append(after)
        key = after
    return found


def last(key: str, successors: Mapping[str, str]) -> str:
    """What a key is today: itself where nothing came after it."""
    after = chain(key, successors)
    return after[-1] if after else key


def behind(keys: Iterable[str], successors: Mapping[str, str]) -> list[str]:
    """Keys that became one of these."""
    wanted = set(keys)
    return [old for old in successors if set(chain(old, successors)) & wanted]


def kin(keys: Iterable[str], successors: Mapping[str, str]) -> tuple[str, ...]:
    """Keys, what came after them, and what became them: whose rows an account of these sees."""
    own = list(dict.fromkeys(keys))
    ahead = [after for key in own for after in chain(key, successors)]
    return tuple(dict.fromkeys([*own, *ahead, *behind(own, successors)]))
