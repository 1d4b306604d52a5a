"""The exact knapsack: the greatest total score within the budget, with caps and minimums per field and per street.

HiGHS searches; whole numbers judge. A bound is taken from the relaxation's duals and computed exactly (any
non-negative multipliers bound the optimum), which fixes most proposals for good; the rest is a small integer programme
whose answer is checked in integers. Of several optima the one counts that takes the first proposal of the ranking
where they differ: found in blocks whose weights are powers of two, so that the choice does not depend on the solver.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from services.projects.allocation import solver
from services.projects.allocation.model import AllocationError

BLOCK = 24
LARGEST = 2**43  # what the solver's doubles hold with room to spare


@dataclass(frozen=True, kw_only=True)
class Item:
    """A proposal: score and cost are whole numbers, ``groups`` the fields and streets it counts for."""

    id: str
    cost: int
    score: int
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Money per group: at least and at most."""

    minimums: Mapping[str, int] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Packed:
    """The optimum: ids, its total, what each minimum lacks, and the exact bound no selection can exceed."""

    chosen: list[str]
    total: int
    shortfalls: dict[str, int]
    bound: int


def pack(items: Sequence[Item], *, budget: int, limits: Limits | None = None) -> Packed:
    """``items`` in the order of preference. Minimums first: they lack as little as can be."""
    limits = limits or Limits()
    _check(items, budget, limits)
    fits = [item for item in items if item.cost <= budget and item.score >= 0]
    rows = _rows(fits, budget, limits)
    lacking = _least_lacking(fits, rows, limits)
    rows += [_minimum(fits, name, least - lacking[name]) for name, least in limits.minimums.items()]
    total, bound, chosen = _best(fits, rows)
    names = [item.id for item, taken in zip(fits, chosen, strict=True) if taken]
    return Packed(chosen=names, total=total, shortfalls={k: v for k, v in lacking.items() if v}, bound=bound)


def _check(items: Sequence[Item], budget: int, limits: Limits) -> None:
    numbers = (budget, sum(abs(item.score) for item in items), *limits.minimums.values())
    if max(numbers) >= LARGEST:
        raise AllocationError("number_too_large", "数值过大。", f"Numbers must stay below {LARGEST}.")


def _rows(items: Sequence[Item], budget: int, limits: Limits) -> list[solver.Row]:
    rows = [solver.Row(tuple(item.cost for item in items), budget)]
    for name, cap in limits.caps.items():
        rows.append(solver.Row(tuple(item.cost if name in item.groups else 0 for item in items), cap))
    return rows


def _minimum(items: Sequence[Item], name: str, least: int) -> solver.Row:
    return solver.Row(tuple(-item.cost if name in item.groups else 0 for item in items), -least)


def _least_lacking(items: Sequence[Item], rows: list[solver.Row], limits: Limits) -> dict[str, int]:
    """What the minimums must lack at the least, group by group in the order given; nothing where all can be met.

    Whether a minimum can be met is asked before how far it can be: filling a sum exactly is the harder question.
    """
    nothing = dict.fromkeys(limits.minimums, 0)
    every = [_minimum(items, name, least) for name, least in limits.minimums.items()]
    if not every or _possible(items, [*rows, *every]):
        return nothing
    lacking, rows = dict(nothing), list(rows)
    for name, least in limits.minimums.items():
        reached = least
        if not _possible(items, [*rows, _minimum(items, name, least)]):
            costs = tuple(item.cost if name in item.groups else 0 for item in items)
            met = solver.maximise(rows, costs) or [False] * len(items)
            reached = sum(cost for cost, taken in zip(costs, met, strict=True) if taken)
        lacking[name] = least - reached
        rows.append(_minimum(items, name, reached))
    return lacking


def _possible(items: Sequence[Item], rows: list[solver.Row]) -> bool:
    return solver.maximise(rows, tuple(0 for _ in items)) is not None


def _best(items: Sequence[Item], rows: list[solver.Row]) -> tuple[int, int, list[bool]]:
    scores = tuple(item.score for item in items)
    found = solver.maximise(rows, scores)
    if found is None:
        raise AllocationError("allocation_infeasible", "约束无法同时满足。", "The limits cannot be met together.")
    total = sum(score for score, taken in zip(scores, found, strict=True) if taken)
    multipliers = solver.duals(rows, scores)
    bound, fixed = _bounds(rows, scores, multipliers, total)
    chosen = _first_preferred(rows, scores, total, fixed, found)
    return total, bound, chosen


def _bounds(
    rows: Sequence[solver.Row], scores: Sequence[int], multipliers: Sequence[Fraction], total: int
) -> tuple[int, list[bool | None]]:
    """The Lagrangian bound in fractions, and what every selection as good as ``total`` must take or leave."""
    priced = list(zip(rows, multipliers, strict=True))
    reduced = [
        score - sum((y * row.coefficients[j] for row, y in priced), Fraction(0)) for j, score in enumerate(scores)
    ]
    bound = sum((y * row.limit for row, y in priced), Fraction(0)) + sum((r for r in reduced if r > 0), Fraction(0))
    fixed = [(r > 0) if bound - abs(r) < total else None for r in reduced]
    return int(bound // 1), fixed


def _first_preferred(
    rows: list[solver.Row], scores: Sequence[int], total: int, fixed: list[bool | None], found: list[bool]
) -> list[bool]:
    """Among the optima: at the first proposal where two differ, the one that takes it."""
    rows = [*rows, solver.Row(tuple(-score for score in scores), -total)]
    free = [j for j, value in enumerate(fixed) if value is None]
    decided = list(fixed)
    for start in range(0, len(free), BLOCK):
        block = free[start : start + BLOCK]
        weights = dict(zip(block, (2**power for power in reversed(range(len(block)))), strict=True))
        better = solver.maximise(rows, tuple(weights.get(j, 0) for j in range(len(scores))), decided)
        if better is not None:
            found = better
        for j in block:
            decided[j] = found[j]
    return [bool(value) for value in decided]


def total_with(
    items: Sequence[Item], packed: Packed, name: str, *, budget: int, limits: Limits | None = None
) -> int | None:
    """The best total of a selection that takes ``name``; None where nothing that meets the limits does."""
    limits = limits or Limits()
    fits = [item for item in items if item.cost <= budget and (item.score >= 0 or item.id == name)]
    if all(item.id != name for item in fits):
        return None
    rows = _rows(fits, budget, limits)
    rows += [_minimum(fits, key, least - packed.shortfalls.get(key, 0)) for key, least in limits.minimums.items()]
    scores = tuple(item.score for item in fits)
    found = solver.maximise(rows, scores, [True if item.id == name else None for item in fits])
    return None if found is None else sum(score for score, taken in zip(scores, found, strict=True) if taken)
