"""Audit bundles: a decision's inputs, rule, changes and result, so that anybody can compute it again.

``compose`` makes one, ``check`` recomputes one: hashes first, then the rule, then what people changed with reasons
(signed overrides, upheld objections), and whether all that leads to the published result. Whatever does not agree is
named. Version 1, without ``parts``, is still read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from services.projects import fingerprint
from services.projects.allocation import changes, differences, pabulib, rounds, rules
from services.projects.allocation.model import AllocationError

FORMAT = "footprint-decision"
VERSION = 2
VERSIONS = (1, 2)
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
    made = {
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
    return {**made, "parts": _parts(made)}


def _parts(bundle: Mapping[str, Any]) -> dict[str, str]:
    """Hashes of what no other hash covers."""
    about = {name: bundle[name] for name in ("format", "version", "engine", "round")}
    parts = {"about": about, "overrides": bundle["overrides"], "revisions": bundle["revisions"]}
    return {name: fingerprint.of(part) for name, part in parts.items()}


def check(bundle: Any) -> Checked:
    """Recompute. Raises ``bundle_invalid`` for what is not a bundle of a known version."""
    _readable(bundle)
    try:
        rows = rounds.decide_round(bundle["inputs"])
        final = _changed(rows, bundle)
        checks = _checks(bundle, changes.result_of(rows), changes.result_of(final))
        named = differences.named(bundle, checks, changes.result_of(rows), changes.result_of(final))
        return Checked(_report(bundle, final, checks, named), {})
    except AllocationError:
        raise
    except (
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ArithmeticError,
        AssertionError,
        RecursionError,
    ) as error:
        raise _invalid(f"{type(error).__name__}: {error}") from None


def _checks(bundle: Mapping[str, Any], computed: list[Any], final: list[Any]) -> dict[str, bool]:
    inputs, stated = bundle["inputs"], bundle.get("parts", {})
    checks = {
        "keys": not differences.unknown(bundle) and (bundle["version"] > 1) == ("parts" in bundle),
        "rules_hash": fingerprint.of(bundle["rules"]) == bundle["rules_hash"] == inputs["rules_hash"],
        "rules": _same_rules(bundle),
        "input_hash": fingerprint.of(inputs) == bundle["input_hash"],
        "computed": computed == bundle["computed"],
        "computed_hash": fingerprint.of(bundle["computed"]) == bundle["computed_hash"],
        "sealed_hash": sealed(computed, inputs["salt"]) == bundle["sealed_hash"],
        "result": final == bundle["result"],
        "result_hash": fingerprint.of(bundle["result"]) == bundle["result_hash"],
    }
    if bundle["version"] > 1:
        checks |= {name: stated.get(name) == made for name, made in _parts(bundle).items()}
        checks["keys"] = checks["keys"] and set(stated) <= set(_parts(bundle))
    return checks


def _readable(bundle: Any) -> None:
    if not isinstance(bundle, dict) or bundle.get("format") != FORMAT or bundle.get("version") not in VERSIONS:
        raise _invalid(f"format {FORMAT}, version {VERSION}")
    if missing := [key for key in KEYS if key not in bundle]:
        raise _invalid(f"missing: {', '.join(missing)}")


def _invalid(detail: str) -> AllocationError:
    return AllocationError("bundle_invalid", "不是可识别的审计包。", f"Not an audit bundle: {detail}.")


def _same_rules(bundle: Mapping[str, Any]) -> bool:
    """What was decided by is what was frozen."""
    frozen, inputs = bundle["rules"], bundle["inputs"]
    return all(frozen[name] == inputs[name] for name in differences.RULES)


def _changed(rows: list[dict[str, Any]], bundle: Mapping[str, Any]) -> list[dict[str, Any]]:
    for override in bundle["overrides"]:
        rows = changes.overridden(rows, override["changes"])
    for revision in bundle["revisions"]:
        rows = changes.revised(rows, declined=revision["declined"], promoted=revision["promoted"])
    return rows


def _report(
    bundle: Mapping[str, Any], rows: list[dict[str, Any]], checks: dict[str, bool], named: list[differences.Line]
) -> dict[str, Any]:
    won = [row for row in rows if row["outcome"] == "recommended"]
    return {
        "rule": bundle["inputs"]["allocation"]["rule"],
        "selected": [row["proposal_id"] for row in won],
        "cost": rounds_money(sum(row["amount_fen"] for row in won)),
        "budget": rounds_money(bundle["inputs"]["budget_fen"]),
        "explanations": {row["proposal_id"]: {**_plain(row), **row["explanation"]} for row in rows},
        "checks": checks,
        "equal": all(checks.values()),
        "differences": named,
        "hashes": {name: bundle[name] for name in ("rules_hash", "input_hash", "sealed_hash", "result_hash")},
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
