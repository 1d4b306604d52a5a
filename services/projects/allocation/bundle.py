"""Audit bundles: a decision's inputs, rule, changes and result, so that anybody can compute it again.

``compose`` makes one, ``check`` recomputes one: hashes first, then the rule, then what people changed with reasons
(signed overrides, upheld objections), and whether all that leads to the published result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.projects import fingerprint
from services.projects.allocation import changes, pabulib, rounds, rules
from services.projects.allocation.model import AllocationError

FORMAT = "footprint-decision"
VERSION = 1
KEYS = ("round", "rules", "rules_hash", "inputs", "input_hash", "computed", "overrides", "revisions", "result")


class Checked(NamedTuple):
    """The report as the command prints it, and names for the table."""

    report: dict[str, Any]
    titles: dict[str, str]


def sealed(computed: list[dict[str, Any]], salt: str) -> str:
    """What the trail was told when the round was determined: binding, and not to be guessed without the salt."""
    return fingerprint.of({"result_hash": fingerprint.of(computed), "salt": salt})


def compose(
    *,
    about: Mapping[str, Any],
    frozen: Mapping[str, Any],
    inputs: Mapping[str, Any],
    computed: list[dict[str, Any]],
    overrides: list[dict[str, Any]],
    revisions: list[dict[str, Any]],
    result: list[dict[str, Any]],
) -> dict[str, Any]:
    """A bundle. ``computed`` is what the rule said, ``result`` what is published now."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "engine": rules.VERSION,
        "round": dict(about),
        "rules": fingerprint.plain(frozen),
        "rules_hash": fingerprint.of(frozen),
        "inputs": dict(inputs),
        "input_hash": fingerprint.of(inputs),
        "computed": computed,
        "computed_hash": fingerprint.of(computed),
        "sealed_hash": sealed(computed, inputs["salt"]),
        "overrides": overrides,
        "revisions": revisions,
        "result": result,
        "result_hash": fingerprint.of(result),
    }


def check(bundle: Any) -> Checked:
    """Recompute. Raises ``bundle_invalid`` for what is not a bundle of a known version."""
    _readable(bundle)
    try:
        inputs = bundle["inputs"]
        rows = rounds.decide_round(inputs)
        computed = changes.result_of(rows)
        final = _changed(rows, bundle)
        checks = {
            "rules_hash": fingerprint.of(bundle["rules"]) == bundle["rules_hash"] == inputs["rules_hash"],
            "rules": _same_rules(bundle),
            "input_hash": fingerprint.of(inputs) == bundle["input_hash"],
            "computed": computed == bundle["computed"] and fingerprint.of(computed) == bundle["computed_hash"],
            "sealed_hash": sealed(computed, inputs["salt"]) == bundle["sealed_hash"],
            "result": changes.result_of(final) == bundle["result"],
            "result_hash": fingerprint.of(bundle["result"]) == bundle["result_hash"],
        }
    except (KeyError, TypeError, ValueError, AttributeError, ZeroDivisionError) as error:
        if isinstance(error, AllocationError):
            raise
        raise _invalid(f"{type(error).__name__}: {error}") from None
    return Checked(_report(bundle, final, checks), {})


def _readable(bundle: Any) -> None:
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT or bundle.get("version") != VERSION:
        raise _invalid(f"format {FORMAT}, version {VERSION}")
    if missing := [key for key in KEYS if key not in bundle]:
        raise _invalid(f"missing: {', '.join(missing)}")


def _invalid(detail: str) -> AllocationError:
    return AllocationError("bundle_invalid", "不是可识别的审计包。", f"Not an audit bundle: {detail}.")


def _same_rules(bundle: Mapping[str, Any]) -> bool:
    """What was decided by is what was frozen."""
    frozen, inputs = bundle["rules"], bundle["inputs"]
    return all(frozen[name] == inputs[name] for name in ("allocation", "budget_fen", "cap_fen"))


def _changed(rows: list[dict[str, Any]], bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    for override in bundle["overrides"]:
        rows = changes.overridden(rows, override["changes"])
    for revision in bundle["revisions"]:
        rows = changes.revised(rows, declined=revision["declined"], promoted=revision["promoted"])
    return rows


def _report(bundle: Mapping[str, Any], rows: list[dict[str, Any]], checks: dict[str, bool]) -> dict[str, Any]:
    won = [row for row in rows if row["outcome"] == "recommended"]
    return {
        "rule": bundle["inputs"]["allocation"]["rule"],
        "selected": [row["proposal_id"] for row in won],
        "cost": rounds_money(sum(row["amount_fen"] for row in won)),
        "budget": rounds_money(bundle["inputs"]["budget_fen"]),
        "explanations": {row["proposal_id"]: {**_plain(row), **row["explanation"]} for row in rows},
        "checks": checks,
        "equal": all(checks.values()),
        "overrides": bundle["overrides"],
        "revisions": bundle["revisions"],
        "version": rules.VERSION,
    }


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    names = ("outcome", "rank", "combined", "judge_score", "support", "reason", "figures")
    return {"selected": row["outcome"] == "recommended", **{name: row[name] for name in names}}


def rounds_money(fen: int) -> int | float:
    """Yuan, a whole number where it is one."""
    return fen // 100 if fen % 100 == 0 else fen / 100


def as_pabulib(bundle: Mapping[str, Any]) -> str:
    """The residents' ballots of a bundle as a ``.pb`` file, marking what the round selected."""
    inputs, result = bundle["inputs"], bundle["result"]
    points = any(value != 1 for ballot in inputs["ballots"] for value in ballot.values())
    columns = ["voter_id", "vote", "points"] if points else ["voter_id", "vote"]
    document = pabulib.Document(
        meta={
            "description": str(bundle["round"].get("name", "")),
            "country": "China",
            "unit": str(bundle["round"].get("district_code", "")),
            "instance": str(bundle["round"].get("round_id", "")),
            "num_projects": str(len(inputs["candidates"])),
            "num_votes": str(len(inputs["ballots"])),
            "budget": str(rounds_money(inputs["budget_fen"])),
            "vote_type": "cumulative" if points else "approval",
            "rule": "unknown",
        },
        project_columns=["project_id", "cost", "category", "district", "selected"],
        projects=[
            {
                "project_id": item["proposal_id"],
                "cost": str(rounds_money(item["amount_fen"])),
                "category": item.get("field") or "",
                "district": item.get("street_code") or "",
            }
            for item in inputs["candidates"]
        ],
        vote_columns=columns,
        votes=[
            {"voter_id": str(number), "vote": ",".join(ballot), "points": ",".join(map(str, ballot.values()))}
            for number, ballot in enumerate(inputs["ballots"], start=1)
        ],
    )
    return pabulib.write(document, [row["proposal_id"] for row in result if row["outcome"] == "recommended"])
