"""What does not agree in an audit bundle, named: the part, for outcomes the proposal, and what is said against what
comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

RULES = ("allocation", "budget_fen", "cap_fen")
HASHES = {
    "rules_hash": ("冻结规则与 rules_hash 不符", "the frozen rules do not have the stated rules_hash"),
    "input_hash": ("计算输入与 input_hash 不符", "the inputs do not have the stated input_hash"),
    "computed_hash": ("规则结果与 computed_hash 不符", "what the rule said does not have the stated computed_hash"),
    "sealed_hash": ("封存哈希与复算结果不符", "the sealed hash is not that of the recomputed result"),
    "result_hash": ("公布结果与 result_hash 不符", "the published result does not have the stated result_hash"),
    "about": ("轮次说明或格式信息被改动", "what is said of the round or the format was changed"),
    "overrides": ("人工调整记录被改动", "the record of overrides was changed"),
    "revisions": ("异议调整记录被改动", "the record of upheld objections was changed"),
}
Line = dict[str, str]


def named(
    bundle: Mapping[str, Any], checks: Mapping[str, bool], computed: Sequence[Any], final: Sequence[Any]
) -> list[Line]:
    """One line for each thing that does not agree; none where all checks hold."""
    found = [_line(part, *HASHES[part]) for part, holds in checks.items() if not holds and part in HASHES]
    if not checks["rules"]:
        frozen, inputs = bundle["rules"], bundle["inputs"]
        names = ", ".join(name for name in RULES if frozen[name] != inputs[name])
        found.append(_line("rules", f"冻结规则与计算输入不同：{names}", f"frozen rules and inputs differ in {names}"))
    if not checks["keys"]:
        names = ", ".join(unknown(bundle)) or "parts"
        found.append(_line("keys", f"多出或缺少内容：{names}", f"more or less than a bundle has: {names}"))
    found += _outcomes("computed", bundle["computed"], computed)
    return found + _outcomes("result", bundle["result"], final)


def unknown(bundle: Mapping[str, Any]) -> list[str]:
    """Keys that no bundle has."""
    known = {"format", "version", "engine", "round", "rules", "inputs", "computed", "result", *HASHES, "parts"}
    return sorted(set(bundle) - (known - {"about"}))


def _line(part: str, zh: str, en: str) -> Line:
    return {"part": part, "zh": f"{zh}。", "en": f"{part}: {en}."}


def _outcomes(part: str, said: Any, found: Sequence[Mapping[str, Any]]) -> list[Line]:
    if said == found:
        return []
    theirs = {row["proposal_id"]: row for row in said}
    ours = {row["proposal_id"]: row for row in found}
    lines = []
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        here, there = theirs.get(name), ours.get(name)
        if here != there:
            zh = f"{name} 所载 {_words(here, there)}，复算 {_words(there, here)}"
            en = f"{name} says {_words(here, there)}, recomputed {_words(there, here)}"
            lines.append({**_line(part, zh, en), "proposal_id": str(name)})
    return lines or [_line(part, "行有重复或次序不同", "rows are repeated or in another order")]


def _words(row: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> str:
    """Only what differs."""
    if row is None:
        return "—"
    other = other or {}
    return " ".join(f"{name}={value}" for name, value in row.items() if value != other.get(name)) or "—"
