"""What must hold of an Equal Shares result, checked on the result itself."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction

from services.projects.allocation.model import Election
from services.projects.allocation.shares import Market, Run, payments


def payments_hold(market: Market, run: Run, purse: Fraction) -> bool:
    """Of a traced run: supporters only pay, never more than their purse, and each project's payments are its cost."""
    spent: dict[int, Fraction] = {}
    for step in run.steps:
        counts = {group: count for _, count, groups in market.buckets[step.project_id] for group in groups}
        paid = payments(market, step)
        if (
            sum((amount * counts[group] for group, amount in paid.items()), Fraction(0))
            != market.costs[step.project_id]
        ):
            return False
        for group, amount in paid.items():
            spent[group] = spent.get(group, Fraction(0)) + amount
            if amount < 0 or spent[group] > purse:
                return False
    return True


def ejr_plus(election: Election, chosen: Collection[str], *, utility: str) -> str | None:
    """EJR+ up to any project, for approval ballots (Brill, Peters 2023, arXiv 2302.01989).

    For every project p left out and every group of its supporters, somebody of the group gains from what was chosen
    together with p more than the group's share of the budget buys at p's utility per money. Of a group of a given size
    only the worst-off matter. Returns a project for which it fails, else None.
    """
    taken, budget = set(chosen), Fraction(election.budget, max(election.voters, 1))
    worth = {item.id: item.cost if utility == "cost" else 1 for item in election.projects}
    gains = sorted(
        (sum(worth[name] for name, _ in ballot if name in taken), number, ballot, count)
        for number, (ballot, count) in enumerate(election.groups.items())
    )
    worst_first: dict[str, list[tuple[int, int]]] = {item.id: [] for item in election.projects if item.id not in taken}
    for gain, _, ballot, count in gains:
        for name, _ in ballot:
            if name in worst_first:
                worst_first[name].append((gain, count))
    for name, supporters in worst_first.items():
        item, size = election.by_id[name], 0
        for gain, count in supporters:
            size += count
            fails = (gain + worth[name]) * item.cost <= worth[name] * size * budget
            if fails and item.cost and not item.withdrawn:
                return name
    return None
