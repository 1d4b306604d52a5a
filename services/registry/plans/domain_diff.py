"""What changed between two versions of a growth plan: lines of the summary, and goals."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

FIELDS = ("stage", "goal", "measure", "due_on")
_ALIKE = 0.5  # a goal that shares half its text with one of the same stage was reworded, not replaced


@dataclass(frozen=True)
class GoalChange:
    """``before`` and ``after``: the goal's place in each version, counted from 1."""

    change: str
    stage: str
    goal: str
    before: int | None
    after: int | None
    fields: dict[str, list[str]] = field(default_factory=dict)


def compare_text(before: str, after: str) -> list[tuple[str, str]]:
    """Line by line: ``same``, ``removed`` or ``added``; dropping the added gives the older, the removed the newer."""
    old, new = before.split("\n"), after.split("\n")
    found: list[tuple[str, str]] = []
    for tag, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
        if tag == "equal":
            found.extend(("same", line) for line in old[old_from:old_to])
            continue
        found.extend(("removed", line) for line in old[old_from:old_to])
        found.extend(("added", line) for line in new[new_from:new_to])
    return found


def compare_goals(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]
) -> tuple[list[GoalChange], int]:
    """Changes in the order of the newer version, removed goals last; and how many goals did not change.

    A goal is the same goal where all fields agree, then where stage and wording agree, then where the wording is
    alike within the stage. Each goal is paired once.
    """
    pairs = _pairs(before, after)
    changes = [
        _changed(before[old], after[new], old, new) for old, new in pairs if _told(before[old]) != _told(after[new])
    ]
    kept_old, kept_new = {old for old, _ in pairs}, {new for _, new in pairs}
    changes += [
        GoalChange("added", goal["stage"], goal["goal"], None, place + 1)
        for place, goal in enumerate(after)
        if place not in kept_new
    ]
    changes.sort(key=lambda change: change.after or 0)
    changes += [
        GoalChange("removed", goal["stage"], goal["goal"], place + 1, None)
        for place, goal in enumerate(before)
        if place not in kept_old
    ]
    return changes, len(before) - sum(change.change != "added" for change in changes)


def _told(goal: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(goal.get(name) or "") for name in FIELDS)


def _changed(old: Mapping[str, Any], new: Mapping[str, Any], old_place: int, new_place: int) -> GoalChange:
    both = zip(FIELDS, _told(old), _told(new), strict=True)
    fields = {name: [was, became] for name, was, became in both if was != became}
    return GoalChange("changed", new["stage"], new["goal"], old_place + 1, new_place + 1, fields)


def _pairs(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    ranked = sorted(
        (-alike, abs(old - new), old, new)
        for old, one in enumerate(before)
        for new, other in enumerate(after)
        if (alike := _alike(one, other)) >= _ALIKE
    )
    pairs: dict[int, int] = {}
    for _, _, old, new in ranked:
        if old not in pairs and new not in pairs.values():
            pairs[old] = new
    return sorted(pairs.items())


def _alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> float:
    """3: equal; 2: the same stage and wording; else how alike the wording is, 0 across stages."""
    if _told(one) == _told(other):
        return 3
    if one["stage"] != other["stage"]:
        return 0
    if one["goal"] == other["goal"]:
        return 2
    return difflib.SequenceMatcher(None, one["goal"], other["goal"], False).ratio()
