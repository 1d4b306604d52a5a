"""What people changed of a computed result, step by step, and what a result's hash covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Row = dict[str, Any]


def overridden(rows: Sequence[Row], changes: Sequence[Mapping[str, Any]]) -> list[Row]:
    """The rows after a signed override; what the rule had said stays beside it."""
    changed = {change["proposal_id"]: change for change in changes}
    result = []
    for row in rows:
        change = changed.get(row["proposal_id"])
        if change is not None:
            granted = change.get("amount_fen") or row["asked_fen"]
            row = {**row, "outcome": change["outcome"], "amount_fen": granted, "computed": row["outcome"]}
        result.append(row)
    return result


def revised(rows: Sequence[Row], *, declined: str, promoted: str | None) -> list[Row]:
    """The rows after an upheld objection."""
    after = {declined: "declined"} | ({promoted: "recommended"} if promoted else {})
    return [{**row, "outcome": after.get(row["proposal_id"], row["outcome"])} for row in rows]


def result_of(rows: Sequence[Mapping[str, Any]]) -> list[Row]:
    """What the result's hash covers."""
    names = ("proposal_id", "outcome", "rank", "amount_fen")
    return [{name: row[name] for name in names} for row in sorted(rows, key=lambda row: row["rank"])]
