"""What a client may put anywhere never breaks the translation."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlencode

import pytest
from falcon.asgi import Request
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, InternalError, StaleError
from gateway import arguments
from gateway.problems import HttpError, prefers_english
from gateway.rpc import rebuild


def request(**headers: str) -> Request:
    known = {name.lower().replace("_", "-"): value for name, value in headers.items()}
    return cast(Request, SimpleNamespace(get_header=lambda name: known.get(name.lower())))


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.sampled_from(["a", "b", "status"]), st.lists(st.text(max_size=20), min_size=1, max_size=4)))
def test_what_is_encoded_is_what_is_read(values: dict[str, list[str]]) -> None:
    clean = {key: [text.encode(errors="replace").decode() for text in texts] for key, texts in values.items()}
    pairs = [(key, text) for key, texts in clean.items() for text in texts]
    found = arguments.query(urlencode(pairs), set())
    assert found == {key: texts if len(texts) > 1 else texts[0] for key, texts in clean.items()}


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_no_query_is_a_defect(text: str) -> None:
    assert isinstance(arguments.query(text.encode(errors="replace").decode(), {"a"}), dict)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30))
def test_if_match_is_a_version_a_star_or_refused(text: str) -> None:
    try:
        version = arguments.if_match(request(If_Match=text))
    except (HttpError, StaleError):
        return
    assert version is None or version >= 0


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_accept_language_is_read(text: str) -> None:
    assert prefers_english(request(Accept_Language=text)) in (True, False)


@pytest.mark.parametrize(
    ("header", "english"),
    [("", False), ("en", True), ("zh-CN,en;q=0.8", False), ("en-US,en;q=0.9,zh;q=0.8", True), ("en,zh", False)],
)
def test_chinese_unless_english_is_preferred(header: str, english: bool) -> None:
    assert prefers_english(request(Accept_Language=header)) is english


def test_remote_errors_are_rebuilt_and_foreign_ones_are_defects() -> None:
    known = rebuild({"exc_args": ["conflict", "round_closed", "已截止", "Closed", '{"code": "x"}']})
    assert (type(known), known.code, known.zh, known.details) == (
        ConflictError,
        "round_closed",
        "已截止",
        {"code": "x"},
    )
    for foreign in ({"exc_args": ["boom"]}, {"exc_type": "MethodNotFound", "exc_args": []}, {}):
        error: dict[str, Any] = dict(foreign)
        assert isinstance(rebuild(error), InternalError)
