"""A round's certificate, checked from the file alone: weak duality in whole numbers, nothing of the engine's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any


def edges(bundle: dict[str, Any]) -> Iterator[tuple[str, str, int]]:
    """As rows or as columns."""
    found = bundle["edges"]
    if isinstance(found, list):
        yield from ((row["offer"], row["need"], row["utility"]) for row in found)
        return
    names = [[row["id"] for row in bundle[side]] for side in ("offers", "needs")]
    for offer, need, utility in zip(found["offer"], found["need"], found["utility"], strict=True):
        yield names[0][offer], names[1][need], utility


def flaws(bundle: dict[str, Any]) -> list[str]:
    """What does not hold; empty when every price covers its edges and both sums are what the answer says."""
    answer, streets = bundle["answer"], {row["id"]: row.get("street") for row in bundle["needs"]}
    extra = {name: answer.get("subsidies", {}).get(street, 0) for name, street in streets.items()}
    offers, needs = answer["prices"]["offers"], answer["prices"]["needs"]
    supply, demand = ({row["id"]: row["quantity"] for row in bundle[side]} for side in ("offers", "needs"))
    worth: dict[tuple[str, str], int] = {}
    open_edges = 0
    used = {(row["offer"], row["need"]) for row in answer["allocation"]}
    for offer, need, plain in edges(bundle):
        utility = plain + extra[need]
        if (offer, need) in used:
            worth[offer, need] = max(utility, worth.get((offer, need), utility))
        open_edges += offers[offer] + needs[need] < utility
    given: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    primal = 0
    for row in answer["allocation"]:
        given[row["offer"]] += row["quantity"]
        taken[row["need"]] += row["quantity"]
        primal += worth[row["offer"], row["need"]] * row["quantity"]
    dual = sum(offers[name] * count for name, count in supply.items())
    dual += sum(needs[name] * count for name, count in demand.items())
    claims = {
        f"{open_edges} edges are worth more than their prices": open_edges > 0,
        "a price is negative": min([0, *offers.values(), *needs.values()]) < 0,
        "more is given out than there is": any(count > supply[name] for name, count in given.items()),
        "a need gets more than it wants": any(count > demand[name] for name, count in taken.items()),
        f"the sums are {primal} and {dual}": (primal, dual) != (answer["primal"], answer["dual"]),
        "worth more than the bound": primal > dual,
    }
    return [claim for claim, holds in claims.items() if holds]
