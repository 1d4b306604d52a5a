"""Checks an answer of the matching engine against the sender's own numbers, with nothing of the engine's."""

from __future__ import annotations

from collections import defaultdict
from typing import Any


def flaws(instance: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """What does not hold; empty when the answer is what it claims to be."""
    supply = {row["id"]: row for row in instance["offers"]}
    demand = {row["id"]: row for row in instance["needs"]}
    worth: dict[tuple[str, str], int] = {}
    for edge in instance["edges"]:
        pair = edge["offer"], edge["need"]
        worth[pair] = max(edge["utility"], worth.get(pair, edge["utility"]))
    return [
        *_allocation(supply, demand, worth, answer),
        *_prices(supply, demand, worth, answer),
    ]


def _allocation(
    supply: dict[str, Any], demand: dict[str, Any], worth: dict[tuple[str, str], int], answer: dict[str, Any]
) -> list[str]:
    found: list[str] = []
    given: dict[str, int] = defaultdict(int)
    taken: dict[str, int] = defaultdict(int)
    for row in answer["allocation"]:
        offer, need, count = row["offer"], row["need"], row["quantity"]
        if type(count) is not int or count <= 0 or worth.get((offer, need)) != row["utility"]:
            found.append(f"{offer} → {need}: {row}")
        if count < supply[offer].get("minimum_lot", 1):
            found.append(f"{offer} → {need}: below the least lot")
        given[offer] += count
        taken[need] += count
    found += [f"{name}: given out twice" for name, count in given.items() if count > supply[name]["quantity"]]
    for name, count in taken.items():
        most, whole = demand[name]["quantity"], demand[name].get("all_or_nothing", False)
        if count > most or (whole and count != most):
            found.append(f"{name}: {count} of {most}")
    return found


def _prices(
    supply: dict[str, Any], demand: dict[str, Any], worth: dict[tuple[str, str], int], answer: dict[str, Any]
) -> list[str]:
    offers, needs = answer["prices"]["offers"], answer["prices"]["needs"]
    extra = answer.get("subsidies", {})
    subsidy = {name: extra.get(row.get("street"), 0) for name, row in demand.items()}
    found = [f"{pair}: not covered" for pair, utility in worth.items()
             if offers[pair[0]] + needs[pair[1]] < utility + subsidy[pair[1]]]  # fmt: skip
    found += [f"{name}: {price}" for name, price in (offers | needs).items() if price < 0]
    primal = sum(row["quantity"] * (row["utility"] + subsidy[row["need"]]) for row in answer["allocation"])
    dual = sum(price * supply[name]["quantity"] for name, price in offers.items())
    dual += sum(price * demand[name]["quantity"] for name, price in needs.items())
    if (primal, dual) != (answer["primal"], answer["dual"]):
        found.append(f"primal {primal}, dual {dual}")
    divisible = all(row.get("minimum_lot", 1) <= 1 for row in supply.values())
    divisible = divisible and not any(row.get("all_or_nothing") for row in demand.values())
    if divisible and primal != dual:
        found.append("not the optimum")
    if primal > dual or abs(answer["gap"] - ((dual - primal) / dual if dual else 0)) > 1e-12:
        found.append(f"gap {answer['gap']}")
    return found
