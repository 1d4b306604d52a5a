"""Templates: each handled event has wording that renders in both languages; nothing dangerous renders at all."""

from __future__ import annotations

import pytest

from chassis.errors import InvalidError
from chassis.events import TYPES
from contracts.notify import kinds
from services.notify.catalogue import NOTICES
from services.notify.catalogue.notice import Words
from services.notify.service import SERVICE
from services.notify.templates import render, samples


def test_every_event_that_names_notify_has_a_rule_and_a_handler_and_no_other_has() -> None:
    handled = {name for name, kind in TYPES.items() if "notify" in kind.handled_by}
    kept = {
        "session_revoked",
        "account_erased",
        "organisations_merged",
        "merge_undone",
        "place_retired",
        "place_reinstated",
    }
    assert set(NOTICES) | kept == handled == set(SERVICE.handlers()), "one is heard, and told to nobody"


@pytest.mark.parametrize("event_name", sorted(NOTICES))
@pytest.mark.parametrize("optional", [True, False])
def test_the_shipped_wording_renders(event_name: str, optional: bool) -> None:
    notice = NOTICES[event_name]
    shown = render.render(notice.words, samples.sample_of(event_name, optional=optional), {})
    assert all(shown.values())
    assert notice.kind in kinds.KINDS
    assert notice.priority in kinds.PRIORITIES


@pytest.mark.parametrize("event_name", sorted(NOTICES))
def test_a_rule_names_fields_the_event_has(event_name: str) -> None:
    fields = samples.field_names(event_name)
    assert all(to.name in fields for to in NOTICES[event_name].to if to.by != "roles")


@pytest.mark.parametrize(
    "source",
    [
        "{{ missing }}",
        "{{ ''.__class__ }}",
        "{{ name.upper() }}",
        "{% for i in range(100000) %}x{% endfor %}",
        "{{ 'x' * 1000000000 }}",
        "{{ 'x' | center(1000000000) }}",
        "{% include 'x' %}",
        "{% macro m() %}{% endmacro %}",
        "{% set x = 1 %}",
        "{{ name",
        "{{ name | yuan }}",
        "{{ long | moment }}",
        "{{ " + "(" * 500 + "1" + ")" * 500 + " }}",
    ],
)
def test_what_a_template_may_not_do(source: str) -> None:
    with pytest.raises(InvalidError):
        render.render(Words(source, "a", "b", "c"), {"name": "示例", "long": "not an instant"}, {})


def test_a_title_is_one_line_and_names_are_looked_up() -> None:
    words = Words("{{ name }}\r\nBcc: x", "{{ organisation_id | named }}", "{{ 123456 | yuan }}", "{{ debt | yuan }}")
    shown = render.render(words, {"debt": -5, "name": "a", "organisation_id": "org_1"}, {"org_1": "暖阳（演示）"})
    assert shown["title_zh"] == "a Bcc: x"
    assert shown["body_zh"] == "暖阳（演示）"
    assert shown["title_en"] == "1,234.56"
    assert shown["body_en"] == "-0.05"


def test_times_are_shown_in_shanghai() -> None:
    words = Words("{{ at | moment }}", "{{ at | day }}", "{{ on | day }}", "x")
    shown = render.render(words, {"at": "2026-11-23T20:00:00+00:00", "on": "2026-11-23"}, {})
    assert shown["title_zh"] == "2026-11-24 04:00"
    assert shown["body_zh"] == "2026-11-24"
    assert shown["title_en"] == "2026-11-23"
