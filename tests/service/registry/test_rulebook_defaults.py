"""A district starts with drafts of rulebooks that say what they are; people change them and put them in force."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import clock
from chassis.runtime.inprocess import InProcessHost
from contracts.registry.rulebooks import CultivationContent, RubricContent
from services.registry.rulebooks import actions, defaults, domain
from tests.kit import DISTRICT
from tests.service.registry.cast import Cast
from tests.service.registry.graded import RULE

SCHEMAS = {"rubric": RubricContent(), "cultivation": CultivationContent()}


def started(host: InProcessHost) -> int:
    with host.executors["registry"].system_session("bootstrap", DISTRICT) as session:
        return actions.draft_defaults(session, now=clock.system_now())


@pytest.mark.parametrize(("kind", "code", "content"), defaults.RULEBOOKS)
def test_what_is_shipped_is_what_the_contract_takes_and_names_its_nature(
    kind: str, code: str, content: dict[str, Any]
) -> None:
    assert SCHEMAS[kind].load(content) == content
    domain.CHECKS[kind](content)
    assert "默认草案" in content["source"]
    assert "默认草案" in content["name"]


def test_a_district_starts_with_drafts_once_and_nothing_is_in_force(host: InProcessHost) -> None:
    cast = Cast(host)
    assert started(host) == 3
    assert started(host) == 0
    rows = cast.bureau("registry.list_rulebooks")["items"]
    assert {row["code"] for row in rows} == {code for _, code, _ in defaults.RULEBOOKS}
    assert {row["status"] for row in rows} == {"draft"}
    rubric = next(row for row in rows if row["code"] == "filed_star_grades")
    published = cast.bureau("registry.publish_rulebook", rulebook_id=rubric["rulebook_id"])
    assert published["status"] == "published"
    rule = next(row for row in rows if row["kind"] == "cultivation")
    changed = {**rule["content"], "most": 12, "source": "本区自定"}
    revised = cast.specialist("registry.revise_cultivation_rule", rulebook_id=rule["rulebook_id"], **changed)
    assert (revised["content"]["most"], revised["content"]["source"]) == (12, "本区自定")
    cast.bureau("registry.retire_rulebook", rulebook_id=rule["rulebook_id"], reason="不用")
    assert started(host) == 0, "what was retired does not come back"


def test_a_district_with_rules_of_its_own_gets_only_the_other_kind(host: InProcessHost) -> None:
    cast = Cast(host)
    cast.specialist("registry.draft_cultivation_rule", **RULE)
    assert started(host) == 2
    assert len(cast.bureau("registry.list_rulebooks", kind="cultivation")["items"]) == 1
