"""What binds a result besides its rule: earmarked money goes where it may, and a street gets one operating hub.

Pure, on the published inputs of a decision: ``pool`` (the lines with their earmarks) and ``earmark_facts`` (of each
proposal its field, the street where its money works, and the street it would operate). Absent: nothing binds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from services.projects.rounds import earmarks

Row = dict[str, Any]
SHORT = (
    "其余可用资金为定向资金，不能用于本方案，故未入选。",
    "What is left is earmarked money that may not go to this proposal.",
)
TAKEN = (
    "该街道已由排名在前的方案运营，一个街道只委托一家。",
    "The street goes to a proposal that ranks higher: one hub per street.",
)


def funds_of(pool: Iterable[Mapping[str, Any]]) -> list[earmarks.Fund]:
    """The lines of a pool as published."""
    return [
        earmarks.Fund(
            line_id=line["line_id"],
            amount_fen=line["amount_fen"],
            fields=frozenset(line["fields"]),
            streets=frozenset(line["street_codes"]),
        )
        for line in pool
    ]


def respected(inputs: Mapping[str, Any], rows: Sequence[Row]) -> list[Row]:
    """Winners by rank stay while all can be paid and have a street of their own; others are passed over, with why."""
    if "pool" not in inputs:
        return list(rows)
    funds, facts = funds_of(inputs["pool"]), inputs["earmark_facts"]
    kept: list[earmarks.Claim] = []
    streets: set[str] = set()
    result = []
    for row in sorted(rows, key=lambda row: int(row["rank"])):
        about = facts[row["proposal_id"]]
        if row["outcome"] != "recommended":
            result.append(row)
        elif about.get("operates_street") in streets:
            result.append(_passed_over(row, "street_taken", *TAKEN))
        elif len(longer := earmarks.keep(funds, [claim(row, about)], kept)) == len(kept):
            result.append(_passed_over(row, "earmarked", *SHORT))
        else:
            kept = longer
            streets |= {about["operates_street"]} if about.get("operates_street") else set()
            result.append(row)
    return result


def claim(row: Mapping[str, Any], about: Mapping[str, Any]) -> earmarks.Claim:
    """What a proposal would get, as the earmarks see it."""
    return earmarks.Claim(
        proposal_id=row["proposal_id"],
        amount_fen=row["amount_fen"],
        field=about["field"],
        street_code=about["street_code"],
    )


def _passed_over(row: Row, reason: str, zh: str, en: str) -> Row:
    why = row.get("explanation") or {}
    words = {**why, "zh": why.get("zh", "") + zh, "en": f"{why.get('en', '')} {en}".strip()}
    asked = row.get("asked_fen", row["amount_fen"])
    return {**row, "outcome": "not_recommended", "amount_fen": asked, "reason": reason, "explanation": words}
