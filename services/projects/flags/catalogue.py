"""All rules, and how the reason of what one found reads. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from services.projects.flags.catalogue_photos import PHOTO_RULES
from services.projects.flags.catalogue_projects import PROJECT_RULES
from services.projects.flags.domain import Finding
from services.projects.flags.facts import Case

ANSWER_DAYS = 7  # what a district starts with
_ALL = (*PROJECT_RULES, *PHOTO_RULES)
RULES = {rule.key: rule for rule in _ALL}
BOUNDS = {rule.key: {name: (least, most) for name, (_, least, most) in rule.numbers.items()} for rule in _ALL}


def defaults() -> list[dict[str, Any]]:
    """The rules a district starts with, as they are published."""
    return [
        {
            "key": rule.key,
            "on": True,
            "severity": rule.severity,
            "numbers": {name: default for name, (default, _, _) in rule.numbers.items()},
            "zh": rule.zh,
            "en": rule.en,
            "since": None,
        }
        for rule in _ALL
    ]


def completed(stored: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What a district published over the defaults: a rule or a number that came later starts with its default."""
    known = {rule["key"]: rule for rule in stored}
    found = []
    for rule in defaults():
        mine = known.get(rule["key"], {})
        numbers = {**rule["numbers"], **mine.get("numbers", {})}
        found.append({**rule, **mine, "numbers": {name: numbers[name] for name in rule["numbers"]}})
    return found


def find_all(case: Case, rules: Iterable[Mapping[str, Any]]) -> Iterator[Finding]:
    """What the rules that are on find."""
    for published in rules:
        if published["on"]:
            yield from RULES[published["key"]].find(case, published["numbers"])


def reason(rule: str, facts: Mapping[str, Any]) -> tuple[str, str]:
    """In Chinese and English, numbers named."""
    words = {**facts}
    for name, value in facts.items():
        if name.endswith("_fen"):
            words[f"{name.removesuffix('_fen')}_yuan"] = f"{value // 100}.{value % 100:02d}"
    return RULES[rule].reason_zh.format(**words), RULES[rule].reason_en.format(**words)
