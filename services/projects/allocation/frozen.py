"""What must hold of an allocation rule before it is frozen with its round. Lists what is wrong, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BALLOT_RULES = ("equal_shares",)


def problems(rules: Mapping[str, Any]) -> list[str]:
    """Of ``rules["allocation"]``; nothing where all is well."""
    allocation = rules["allocation"]
    pots, limits = allocation.get("pots"), allocation.get("limits") or []
    used = {pots["judge_rule"], pots["resident_rule"]} if pots else {allocation.get("rule")}
    found = []
    if (pots or used & set(BALLOT_RULES)) and not rules["has_vote"]:
        found.append("allocation: pots and Equal Shares need a residents' vote")
    if pots and pots["judge_rule"] in BALLOT_RULES:
        found.append("allocation.pots: Equal Shares counts ballots, which the judges' pot has none of")
    if limits and used != {"knapsack"}:
        found.append("allocation.limits: minimums and caps belong to the knapsack")
    if "threshold" in used and not allocation.get("minimum_score"):
        found.append("allocation.minimum_score: the threshold rule needs one")
    keys = [(limit["kind"], limit["code"]) for limit in limits]
    if len(keys) != len(set(keys)):
        found.append("allocation.limits: one line per field or street")
    minimums = {
        kind: sum(limit.get("minimum_fen") or 0 for limit in limits if limit["kind"] == kind)
        for kind in ("field", "street")
    }
    if max(minimums.values()) > rules["budget_fen"]:
        found.append("allocation.limits: minimums within the budget")
    for limit in limits:
        cap = limit.get("cap_fen")
        if cap is not None and cap < (limit.get("minimum_fen") or 0):
            found.append(f"allocation.limits: the cap of {limit['code']} is below its minimum")
    return found
