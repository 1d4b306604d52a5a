"""What the hash of a round's rules covers, and what an amendment says in words. Pure rules."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chassis.errors import ConflictError, InvalidError
from services.projects import fingerprint
from services.projects.rounds import domain, policy

NOW = datetime(2026, 3, 2, tzinfo=UTC)
RULES: dict[str, Any] = {
    **policy.DEFAULTS["micro"],
    "fields": ["elder_care"],
    "street_code": None,
    "budget_fen": 10_000_000,
    "opens_at": NOW,
    "closes_at": NOW + timedelta(days=14),
}


def hash_of(rules: dict[str, Any]) -> str:
    return fingerprint.of(domain.frozen(rules))


@pytest.mark.parametrize("name", [*domain.RULES, *domain.ADDED])
def test_no_rule_changes_without_its_hash(name: str) -> None:
    assert hash_of({**RULES, name: "something else"}) != hash_of(RULES)


@pytest.mark.parametrize(
    "name", ["rule", "normalisation", "tie_break", "minimum_score", "judge_weight", "resident_weight", "reserve_limit"]
)
def test_no_part_of_the_allocation_changes_without_the_hash(name: str) -> None:
    assert hash_of({**RULES, "allocation": {**RULES["allocation"], name: "else"}}) != hash_of(RULES)


def test_a_round_frozen_before_a_rule_existed_keeps_its_hash() -> None:
    older = {name: RULES[name] for name in domain.RULES}
    assert hash_of({**older, "plan_rules": None, "purpose": None}) == hash_of(older)
    assert set(domain.frozen(older)) == set(domain.RULES)
    domain.check_rules(older)


def test_every_rule_that_an_amendment_may_change_has_a_name_in_two_languages() -> None:
    changeable = {*domain.RULES, *domain.ADDED} - {"fields", "street_code", "budget_fen", "purpose"}
    assert changeable == set(domain.RULE_NAMES)
    assert domain.in_words(["cap_fen", "unheard_of"]) == (
        ["单项资助上限", "unheard_of"],
        ["cap per proposal", "unheard_of"],
    )


@pytest.mark.parametrize("days", [0, 3])
def test_an_amendment_leaves_exactly_the_days_that_the_rules_name(days: int) -> None:
    domain.check_time_left(now=NOW, closes_at=NOW + timedelta(days=days), days=days)
    with pytest.raises(ConflictError, match="amendment_too_late"):
        domain.check_time_left(now=NOW, closes_at=NOW + timedelta(days=days, seconds=-1), days=days)


def test_an_earmark_binds_to_what_the_round_is_about() -> None:
    inside = {"fields": ["elder_care"], "street_codes": ["370211009"]}
    domain.check_earmark(inside, fields=["elder_care"], street_code=None)
    domain.check_earmark(inside, fields=["elder_care"], street_code="370211009")
    domain.check_earmark(domain.FREE, fields=[], street_code="370211009")
    for fields, street in ((["youth"], None), (["elder_care"], "370211005")):
        with pytest.raises(InvalidError, match="earmark_invalid"):
            domain.check_earmark(inside, fields=fields, street_code=street)
