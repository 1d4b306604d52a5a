"""Decide offline: ``./run decide BUNDLE|FILE.pb [--rule R] [--json]``. No server, no district, nothing but the file.

A ``.pb`` file is decided by the rule asked for, or by its own. An audit bundle is computed again from its inputs and
compared with what it publishes. Exit code 0: decided (and equal); 1: not equal; 2: the file or the question is wrong.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from services.projects.allocation import bundle, completion, pabulib, reasons, rules, shares
from services.projects.allocation.knapsack import Limits
from services.projects.allocation.model import AllocationError, Election
from services.projects.allocation.rules import Options, Result

LARGEST_FILE = 512 * 1024 * 1024


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        prog="./run decide", description="离线计算或复核分配结果 Decide or recompute offline."
    )
    made.add_argument("file", metavar="BUNDLE|FILE.pb")
    made.add_argument("--rule", choices=(*rules.RULES, *rules.ALIASES), help="default: the file's own rule")
    made.add_argument("--completion", choices=completion.COMPLETIONS, help="equal_shares: none (default), add1, greedy")
    made.add_argument("--stop", choices=completion.STOPS, help="add1: over_budget (default) or exhaustive")
    made.add_argument("--utility", choices=shares.UTILITIES, help="equal_shares: cost for approvals, else points")
    made.add_argument("--threshold", metavar="POINTS", help="least score; default: min_project_score_threshold")
    made.add_argument("--minimum", action="append", default=[], metavar="field:X=N", help="knapsack: money at least")
    made.add_argument("--cap", action="append", default=[], metavar="street:X=N", help="knapsack: money at most")
    made.add_argument("--write", metavar="FILE.pb", help="write the election with its column selected as decided")
    made.add_argument("--json", action="store_true", help="the result as JSON")
    return made


def main(arguments: Sequence[str]) -> int:
    """Run; every wrong input ends with one line and exit code 2."""
    given = parser().parse_args(arguments)
    try:
        text = _read(given.file)
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return _bundle(text, given)
        return _election(text, given)
    except AllocationError as error:
        print_error(f"{error.code}: {error}")
    except OSError as error:
        print_error(f"file_unreadable: 无法读取或写入文件。 {error.strerror}: {error.filename}")
    return 2


def print_error(text: str) -> None:
    """To standard error."""
    sys.stderr.write(text + "\n")


def _read(name: str) -> str:
    path = Path(name)
    if path.stat().st_size > LARGEST_FILE:
        raise pabulib.wrong("文件过大。", "The file is too large.")
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise pabulib.wrong("文件不是 UTF-8 文本。", "The file is not UTF-8 text.") from None


# elections --------------------------------------------------------------------------------------------------------


def _election(text: str, given: argparse.Namespace) -> int:
    document = pabulib.parse(text)
    election = pabulib.election_of(document)
    result = rules.decide(election, options_of(document, election, given))
    report = report_of(election, result)
    official = pabulib.official(document)
    if official is not None:
        report["official"] = {"selected": sorted(official), "equal": official == set(result.selected)}
    if given.write:
        Path(given.write).write_text(pabulib.write(document, result.selected), encoding="utf-8")
    _show(report, {project.id: project.name for project in election.projects}, as_json=given.json)
    return 0


def options_of(document: pabulib.Document, election: Election, given: argparse.Namespace) -> Options:
    """What was asked for; what was not asked for is the file's own, or the rule's default."""
    if given.rule:
        base = Options(rule=rules.ALIASES.get(given.rule, given.rule))
        if base.rule in {"greedy", "greedy_no_skip", "threshold"}:
            base = replace(base, threshold=pabulib.threshold_of(document))
    else:
        base = pabulib.own_options(document)
    asked: dict[str, Any] = {
        name: value for name in ("completion", "stop", "utility") if (value := getattr(given, name))
    }
    if given.threshold is not None:
        asked["threshold"] = pabulib.amount(given.threshold, "--threshold")
    limits = Limits(minimums=_limits(given.minimum, election), caps=_limits(given.cap, election))
    return replace(base, **asked, limits=limits)


def _limits(given: Sequence[str], election: Election) -> dict[str, int]:
    """``field:sport=20000`` → the group's money in units of the election."""
    limits = {}
    for text in given:
        name, _, value = text.rpartition("=")
        if name.partition(":")[0] not in {"field", "street"} or not name.partition(":")[2]:
            raise AllocationError(
                "limit_invalid", f"限额格式有误：{text}。", f"Write limits as field:NAME=AMOUNT, not {text}."
            )
        amount = Fraction(pabulib.amount(value, text)) * election.unit
        if amount.denominator != 1 or amount < 0:
            raise AllocationError(
                "limit_invalid", f"限额金额有误：{text}。", f"Not an amount of this election: {text}."
            )
        limits[name] = int(amount)
    return limits


def report_of(election: Election, result: Result) -> dict[str, Any]:
    """The result as JSON. Money is a whole number where it is one."""
    return {
        "rule": result.rule,
        **result.details,
        "selected": result.selected,
        "cost": reasons.money(result.cost, election.unit),
        "budget": reasons.money(result.budget, election.unit),
        "voters": election.voters,
        "explanations": result.explanations,
        "warnings": list(election.warnings),
        "version": rules.VERSION,
    }


# audit bundles ----------------------------------------------------------------------------------------------------


def _bundle(text: str, given: argparse.Namespace) -> int:
    try:
        document = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError):
        raise pabulib.wrong("既不是 .pb 文件，也不是 JSON。", "Neither a .pb file nor JSON.") from None
    checked = bundle.check(document)
    if given.rule:
        raise AllocationError(
            "rule_frozen", "审计包的规则已冻结，不能另行指定。", "A bundle's rule is frozen: leave --rule out."
        )
    if given.write:
        Path(given.write).write_text(bundle.as_pabulib(document), encoding="utf-8")
    _show(checked.report, checked.titles, as_json=given.json)
    return 0 if checked.report["equal"] else 1


# showing ----------------------------------------------------------------------------------------------------------


def _show(report: Mapping[str, Any], names: Mapping[str, str], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False, indent=1) + "\n")
        return
    lines = [f"规则 rule: {report['rule']}    入选 selected: {len(report['selected'])} / {len(report['explanations'])}"]
    lines.append(f"费用 cost: {report['cost']}    预算 budget: {report['budget']}")
    figures = ("utility", "completion", "stop", "purse", "threshold", "total", "bound")
    lines += [f"{name}: {report[name]}" for name in figures if name in report]
    for mark, chosen in (("✓", True), ("✗", False)):
        for name, why in report["explanations"].items():
            if why["selected"] is chosen:
                lines += [f"{mark} {name} {names.get(name, '')}".rstrip(), f"    {why['zh']}", f"    {why['en']}"]
    for check in ("official", "checks"):
        if check in report:
            lines.append(f"{check}: {json.dumps(report[check], ensure_ascii=False)}")
    lines += [f"{name}: {value}" for name, value in report.get("hashes", {}).items()]
    lines += [f"! {line['zh']} {line['en']}" for line in report.get("differences", ())]
    if "equal" in report:
        lines.append(
            "复算结果一致。 Recomputed: equal." if report["equal"] else "复算结果不一致！ Recomputed: NOT equal."
        )
    lines += [f"! {warning}" for warning in report.get("warnings", ())]
    sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
