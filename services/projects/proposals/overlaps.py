"""Double funding: two proposals of one organisation that want the same at the same time. Pure; staff decide."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

PARTS = {"need": "需求", "goals": "目标", "activities": "活动安排"}
ENOUGH = 20  # pairs of letters: below it, texts are alike by chance


@dataclass(frozen=True, kw_only=True)
class Overlap:
    """How much, in which part, and on which days; no days where a plan does not give them."""

    percent: int
    part: str
    same_field: bool
    from_on: date | None
    until_on: date | None

    def reasons(self, title: str) -> tuple[str, str]:
        """Why it is flagged, in Chinese and English."""
        zh = f"与《{title}》的{_NAMES[self.part]}相似 {self.percent}%"
        en = f"{self.part} is {self.percent} % like that of “{title}”"
        if self.from_on and self.until_on:
            zh += f"，项目日期重叠：{self.from_on} 至 {self.until_on}"
            en += f"; the dates overlap from {self.from_on} to {self.until_on}"
        return zh, en


_NAMES = {"title": "名称", "beneficiaries": "受益人群", **PARTS}


def bigrams(text: str) -> set[str]:
    """Pairs of neighbouring letters, punctuation and spaces left out."""
    letters = [char.lower() for char in text if char.isalnum()]
    if len(letters) < 2:
        return set(letters)
    return {first + second for first, second in itertools.pairwise(letters)}


def overlap_percent(one: str, other: str) -> int:
    """Dice coefficient of the bigram sets, 0 to 100 (Dice 1945)."""
    left, right = bigrams(one), bigrams(other)
    if not left or not right:
        return 0
    return 200 * len(left & right) // (len(left) + len(right))


def overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> Overlap | None:
    """How much two proposals ``{title, field, plan}`` of one organisation want the same.

    Title and beneficiaries count within one field; the same text under another field counts as well, where it is long
    enough to be no chance. ``None`` where the dates do not meet.
    """
    days = _common_days(one["plan"], other["plan"])
    if days is None:
        return None
    same_field = one["field"] == other["field"]
    found = {part: _long_overlap(one["plan"].get(part), other["plan"].get(part)) for part in PARTS}
    if same_field:
        served = (one["plan"].get("beneficiaries") or "", other["plan"].get("beneficiaries") or "")
        found = {
            "title": overlap_percent(one["title"], other["title"]),
            "beneficiaries": overlap_percent(*served),
            **found,
        }
    part = max(found, key=lambda name: found[name])
    return Overlap(percent=found[part], part=part, same_field=same_field, from_on=days[0], until_on=days[1])


def _long_overlap(one: str | None, other: str | None) -> int:
    if min(len(bigrams(one or "")), len(bigrams(other or ""))) < ENOUGH:
        return 0
    return overlap_percent(one or "", other or "")


def _common_days(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[date | None, date | None] | None:
    """The days both run; unknown where a plan gives no dates, ``None`` where there are none."""
    ends = [one.get("starts_on"), one.get("ends_on"), other.get("starts_on"), other.get("ends_on")]
    if any(end is None for end in ends):
        return None, None
    first, last, start, stop = (end if isinstance(end, date) else date.fromisoformat(str(end)) for end in ends)
    common = (max(first, start), min(last, stop))
    return common if common[0] <= common[1] else None
