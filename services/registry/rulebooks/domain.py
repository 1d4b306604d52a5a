"""Rules of rulebooks: draft → published → retired, and what a sound one looks like."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Mapping
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_assess import AssessCode
from contracts.registry.grades import GRADES
from services.registry.machine import step

STATUSES = ("draft", "published", "retired")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("draft", "revise"): "draft",
    ("draft", "publish"): "published",
    ("draft", "retire"): "retired",
    ("published", "retire"): "retired",
}


def next_status(status: str, action: str) -> str:
    """The status after ``action``."""
    return step(TRANSITIONS, status, action, AssessCode.RULEBOOK_STATE)


def content_hash(content: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON (sorted keys, no blanks, UTF-8) of the content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def check_in_force(status: str, content: Mapping[str, Any], published_hash: str | None) -> None:
    """Only a published rulebook binds, and only while it says what was published."""
    if status != "published":
        raise ConflictError(AssessCode.RULEBOOK_NOT_PUBLISHED, status=status)
    check_unaltered(content, published_hash)


def check_unaltered(content: Mapping[str, Any], published_hash: str | None) -> None:
    """The content still has the hash it was published with."""
    if content_hash(content) != published_hash:
        raise ConflictError(AssessCode.RULEBOOK_ALTERED)


def check_rubric(content: Mapping[str, Any]) -> None:
    """Weights sum to 100, codes differ, scales are scales, thresholds rise with their grades."""
    criteria = content["criteria"]
    _check_weights([row["weight"] for row in criteria])
    check_different([row["code"] for row in criteria])
    for row in criteria:
        if row["most"] <= row["least"]:
            raise InvalidError(AssessCode.RULEBOOK_SCALE_INVALID, criterion=row["code"])
    order = GRADES[content["applies_to"]]
    named = {row["grade"]: row["at_least"] for row in content["thresholds"]}
    rising = [named[grade] for grade in order if grade in named]
    sound = set(named) <= set(order) and len(named) == len(content["thresholds"])
    if not sound or any(later <= earlier for earlier, later in itertools.pairwise(rising)):
        raise InvalidError(AssessCode.RULEBOOK_THRESHOLDS_INVALID, grades=list(order))


def check_cultivation(content: Mapping[str, Any]) -> None:
    """Weights sum to 100 and no term is named twice."""
    _check_weights([row["weight"] for row in content["terms"]])
    check_different([row["term"] for row in content["terms"]])


def _check_weights(weights: list[int]) -> None:
    if sum(weights) != 100:
        raise InvalidError(AssessCode.RULEBOOK_WEIGHTS_INVALID, sum=sum(weights))


def check_different(codes: list[str]) -> None:
    """No code is used twice."""
    twice = sorted({code for code in codes if codes.count(code) > 1})
    if twice:
        raise InvalidError(AssessCode.RULEBOOK_CODES_REPEATED, codes=twice)


CHECKS = {"rubric": check_rubric, "cultivation": check_cultivation}
