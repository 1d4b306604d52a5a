"""What changed between two versions of a plan: by section, and by budget line. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

from services.projects.proposals.planning import STANDARD

# A sentence with its mark is one piece: changes are shown as people read them, not letter by letter.
_PIECES = re.compile(r"[^。！？；!?;\n]*[。！？；!?;\n]?")
_PLAIN = ("starts_on", "ends_on", "beneficiary_count")
_LINE_KEYS = ("amount_fen", "category", "quantity", "unit_price_fen", "basis")


def pieces(text: str) -> list[str]:
    """Sentences; joined they are the text again."""
    return [piece for piece in _PIECES.findall(text) if piece]


def parts(before: str, after: str) -> list[dict[str, str]]:
    """What is kept, removed and added, in reading order."""
    one, other = pieces(before), pieces(after)
    found = []
    for tag, i, j, k, m in difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append({"change": "same", "text": "".join(one[i:j])})
            continue
        if i < j:
            found.append({"change": "removed", "text": "".join(one[i:j])})
        if k < m:
            found.append({"change": "added", "text": "".join(other[k:m])})
    return found


def sections_of(version: Mapping[str, Any]) -> dict[str, str]:
    """Everything of a version that is text or can be read as text, by its name."""
    plan = version["plan"]
    found = {"title": version["title"], "field": version["field"]}
    found.update({key: str(plan[key]) for key in (*sorted(STANDARD), *_PLAIN) if plan.get(key) not in (None, "")})
    found.update({key: text for key, text in sorted((plan.get("sections") or {}).items()) if text})
    milestones = plan.get("milestones") or []
    if milestones:
        found["milestones"] = "\n".join(_milestone(item) for item in milestones)
    return found


def _milestone(item: Mapping[str, Any]) -> str:
    tranche = f" [{item['tranche_number']}]" if item.get("tranche_number") else ""
    return f"{item['due_on']} {item['title']}{tranche}"


def diff_sections(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Sections that differ; ``None`` where a version has none."""
    one, other = sections_of(before), sections_of(after)
    return [
        {
            "section": name,
            "before": one.get(name),
            "after": other.get(name),
            "parts": parts(one.get(name, ""), other.get(name, "")),
        }
        for name in dict.fromkeys([*one, *other])
        if one.get(name) != other.get(name)
    ]


def diff_budget(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Lines that came, went or changed; a draft may name a line twice, so lines are counted by name and turn."""
    one, other = _numbered(before), _numbered(after)
    found = []
    for key in dict.fromkeys([*one, *other]):
        old, new = one.get(key), other.get(key)
        changed = [name for name in _LINE_KEYS if (old or {}).get(name) != (new or {}).get(name)]
        if old is None or new is None or changed:
            found.append(
                {
                    "line": key[0],
                    "before_fen": old["amount_fen"] if old else None,
                    "after_fen": new["amount_fen"] if new else None,
                    "changed": [name.removesuffix("_fen") for name in changed],
                }
            )
    return found


def _numbered(lines: Sequence[Mapping[str, Any]]) -> dict[tuple[str, int], Mapping[str, Any]]:
    found: dict[tuple[str, int], Mapping[str, Any]] = {}
    for line in lines:
        turn = sum(1 for name, _ in found if name == line["line"])
        found[line["line"], turn] = line
    return found
