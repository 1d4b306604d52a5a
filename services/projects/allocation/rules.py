"""One call for every rule: an election and what was asked for in, a selection with its reasons out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from services.projects.allocation import checks, completion, knapsack, ranking, reasons, shares
from services.projects.allocation.model import AllocationError, Election, Number

VERSION = "1"
RULES = ("equal_shares", "greedy", "greedy_no_skip", "knapsack", "threshold")
ALIASES = {"rank_with_skip": "greedy", "rank_until_exhausted": "greedy_no_skip"}


@dataclass(frozen=True, kw_only=True)
class Options:
    """What was asked for. ``utility`` omitted: cost for approvals, else points. ``threshold`` in points, ``limits`` and
    ``increment`` (what add1 adds to each purse; omitted: one unit of currency) in units of the election."""

    rule: str
    completion: str = "none"
    stop: str = "over_budget"
    utility: str | None = None
    threshold: Number = 0
    increment: int | None = None
    comparison: bool = False
    limits: knapsack.Limits = field(default_factory=knapsack.Limits)


@dataclass(frozen=True, kw_only=True)
class Result:
    """Selected ids in the order of the rule, what they cost, why each was or was not, and the rule's figures."""

    rule: str
    selected: list[str]
    cost: int
    budget: int
    explanations: dict[str, dict[str, Any]]
    details: dict[str, Any]


def decide(election: Election, options: Options, *, ranks: Mapping[str, int] | None = None) -> Result:
    """Same input, same result. ``ranks`` breaks ties, lower first; omitted: file order, for Equal Shares by id."""
    rule = ALIASES.get(options.rule, options.rule)
    check(rule, options)
    if rule == "equal_shares":
        ranks = ranks or {name: rank for rank, name in enumerate(sorted(election.by_id))}
        selected, why, details = _equal_shares(election, options, ranks)
    elif rule == "knapsack":
        ranks = ranks or {project.id: rank for rank, project in enumerate(election.projects)}
        selected, why, details = _knapsack(election, options, ranks)
    else:
        ranks = ranks or {project.id: rank for rank, project in enumerate(election.projects)}
        selected, why, details = _ranking(election, rule, options, ranks)
    cost = sum(election.by_id[name].cost for name in selected)
    if cost > election.budget:
        raise AssertionError("a rule went over the budget")
    return Result(rule=rule, selected=selected, cost=cost, budget=election.budget, explanations=why, details=details)


def check(rule: str, options: Options) -> None:
    """Names that exist, and numbers that make sense."""
    known: tuple[tuple[str, str, tuple[str, ...]], ...] = (
        ("rule", rule, RULES),
        ("completion", options.completion, completion.COMPLETIONS),
        ("stop", options.stop, completion.STOPS),
        ("utility", options.utility or "cost", shares.UTILITIES),
    )
    for name, value, values in known:
        if value not in values:
            one_of = ", ".join(values)
            raise AllocationError(f"{name}_unknown", f"{name} 应为 {one_of} 之一。", f"{name} is one of {one_of}.")
    if options.increment is not None and options.increment <= 0:
        raise AllocationError("increment_invalid", "增量须大于零。", "The increment is above zero.")


Outcome = tuple[list[str], dict[str, dict[str, Any]], dict[str, Any]]


def entrants(election: Election, ranks: Mapping[str, int]) -> list[ranking.Entrant]:
    """Projects with their points summed."""
    scores = ranking.scores_of(election.scores, election.point)
    return [
        ranking.Entrant(id=item.id, cost=item.cost, score=scores[item.id], rank=ranks[item.id], excluded=item.withdrawn)
        for item in election.projects
    ]


def _ranking(election: Election, rule: str, options: Options, ranks: Mapping[str, int]) -> Outcome:
    made = ranking.rank(entrants(election, ranks), budget=election.budget, rule=rule, threshold=options.threshold)
    why = {place.id: reasons.of_place(election, made, place, threshold=options.threshold) for place in made.places}
    return made.winners, why, {"threshold": reasons.number(options.threshold)}


def _equal_shares(election: Election, options: Options, ranks: Mapping[str, int]) -> Outcome:
    utility = options.utility or ("cost" if election.approval else "points")
    market = shares.market(election, utility=utility, ranks=ranks)
    done = completion.complete(
        market,
        budget=election.budget,
        completion=options.completion,
        stop=options.stop,
        increment=options.increment or election.unit,
    )
    details: dict[str, Any] = {"utility": utility, "completion": options.completion}
    if options.completion == "add1":
        details["stop"] = options.stop
    details["purse"] = reasons.exact(done.purse, election.unit)
    details["checks"] = {"payments": checks.payments_hold(market, done.run, done.purse)}
    if election.approval and utility != "points":
        details["checks"]["ejr_plus"] = checks.ejr_plus(election, done.selected, utility=utility) is None
    if options.comparison:
        order = {project.id: rank for rank, project in enumerate(election.projects)}
        selected, why, rest = _ranking(election, "greedy", Options(rule="greedy"), order)
        if completion.prefers_greedy(election, done.selected, selected):
            return selected, why, {**details, **rest, "comparison": "greedy"}
        details["comparison"] = "equal_shares"
    return done.selected, reasons.of_shares(election, market, done), details


def _knapsack(election: Election, options: Options, ranks: Mapping[str, int]) -> Outcome:
    order = sorted(entrants(election, ranks), key=lambda item: (-item.score, item.rank))
    allowed = [item for item in order if not item.excluded and item.score >= options.threshold]
    items = [
        knapsack.Item(
            id=item.id,
            cost=item.cost,
            score=int(Fraction(item.score) * election.point),
            groups=_groups(election, item.id),
        )
        for item in allowed
    ]
    packed = knapsack.pack(items, budget=election.budget, limits=options.limits)
    why = reasons.of_knapsack(election, items, packed, options.limits, options.threshold)
    details = {
        "total": reasons.number(Fraction(packed.total, election.point)),
        "bound": reasons.number(Fraction(packed.bound, election.point)),
        "shortfalls": {name: reasons.money(value, election.unit) for name, value in packed.shortfalls.items()},
    }
    return packed.chosen, why, details


def _groups(election: Election, name: str) -> tuple[str, ...]:
    """The names under which limits count a project: ``field:…`` and ``street:…``."""
    project = election.by_id[name]
    pairs = (("field", project.field), ("street", project.street))
    return tuple(f"{kind}:{value}" for kind, value in pairs if value)
