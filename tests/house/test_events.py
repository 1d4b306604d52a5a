"""Events: declared, recorded, handled."""

from __future__ import annotations

import ast
import re

import pytest

from chassis.events import TYPES, Event, EventType
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.topology import consumed_by
from contracts import parties, stories
from contracts.topology import consumed_queues
from gateway.catalogue import SERVICES
from tests.house.kit import ALL, service, sources


@pytest.mark.parametrize("name", SERVICES)
def test_handlers_are_those_the_contracts_name(name: str) -> None:
    promised = {kind.name for kind in _types() if name in kind.handled_by}
    assert set(service(name).handlers()) == promised


def _types() -> list[EventType]:
    """Importing contracts.topology registered them all; tests elsewhere may have declared others."""
    return [kind for kind in TYPES.values() if kind.owner in SERVICES]


def test_the_trail_hears_everything() -> None:
    assert set(service("projects-trail").handlers()) == {ANY_EVENT}


def test_every_field_that_names_an_organisation_is_a_party_or_said_not_to_be() -> None:
    named = {
        field
        for kind in _types()
        for field in kind.struct.__struct_fields__
        if field.endswith(("organisation_id", "organisation_ids"))
    }
    assert named == {*parties.FIELDS, *parties.OTHERS}


@pytest.mark.parametrize("name", ALL)
def test_handler_methods_carry_the_event_in_their_name(name: str) -> None:
    handlers = service(name).handlers()
    assert handlers == {event: "on_event" if event == ANY_EVENT else f"on_{event}" for event in handlers}


def test_every_declared_event_is_recorded_by_its_owner() -> None:
    recorded: dict[str, set[str]] = {}
    for name, tree in sources("services"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Name | ast.Attribute):
                word = node.id if isinstance(node, ast.Name) else node.attr
                recorded.setdefault(name.split("/")[1], set()).add(word)
    never = [kind.name for kind in _types() if kind.struct.__name__ not in recorded.get(kind.owner, set())]
    assert never == []


def test_events_carry_no_personal_fields() -> None:
    personal = {"phone", "mobile", "email", "id_number", "identity_number", "real_name", "person_name", "contact_name"}
    told = [(kind.name, personal & set(kind.struct.__struct_fields__)) for kind in _types()]
    assert [row for row in told if row[1]] == []


def test_every_event_says_what_it_means() -> None:
    silent = [kind.name for kind in _types() if not kind.summary or kind.summary == (Event.__doc__ or "").strip()]
    assert silent == []


def test_every_event_has_a_text_for_people_in_both_languages() -> None:
    """The trail's timeline is read by people (contracts/stories)."""
    silent = [kind.name for kind in _types() if kind.name not in stories.CHINESE]
    assert silent == []
    for kind in _types():
        chinese, english = stories.chinese(kind.name), stories.english(kind, kind.name)
        assert re.search(r"[\u4e00-\u9fff]", chinese), kind.name
        assert re.fullmatch(r"[A-Z][^`\u4e00-\u9fff]{3,200}", english), (kind.name, english)


@pytest.mark.parametrize("name", ALL)
def test_every_queue_is_consumed_by_the_process_that_declares_it(name: str) -> None:
    assert sorted(consumed_by(service(name))) == sorted(consumed_queues()[name])
