"""What crosses the bus, and what does not."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.codes import ChassisCode
from chassis.errors import KINDS, FootprintError, InternalError, InvalidError
from chassis.runtime import wire

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@settings(max_examples=60)
@given(kind=st.sampled_from(sorted(KINDS)), details=st.dictionaries(st.text(min_size=1).filter(str.isidentifier), JSON))
def test_every_error_kind_crosses_with_its_details(kind: str, details: dict[str, Any]) -> None:
    details.pop("code", None)
    error = KINDS[kind](ChassisCode.ROW_STALE, **{key: value for key, value in details.items() if key != "self"})
    with pytest.raises(FootprintError) as caught:
        wire.result_of(wire.refusal_body(error))
    assert type(caught.value) is KINDS[kind]
    assert caught.value.to_wire() == error.to_wire()


@settings(max_examples=60)
@given(JSON)
def test_a_result_crosses_unchanged(value: Any) -> None:
    assert wire.result_of(wire.reply_body(value)) == value


def test_a_foreign_error_becomes_an_internal_one() -> None:
    body = {"result": None, "error": {"exc_type": "X", "exc_path": "a.X", "exc_args": ["secret"], "value": "secret"}}
    with pytest.raises(InternalError) as caught:
        wire.result_of(json.dumps(body).encode())
    assert "secret" not in repr(caught.value.to_wire())


@settings(max_examples=60)
@given(st.binary(max_size=200))
def test_no_request_body_is_a_defect(body: bytes) -> None:
    with contextlib.suppress(InvalidError):
        assert isinstance(wire.arguments_of(body), dict)


def test_a_body_nested_without_end_is_refused() -> None:
    with pytest.raises(InvalidError):
        wire.arguments_of(b"[" * 100_000)


def test_only_allowed_headers_reach_the_service() -> None:
    headers = {
        "nameko.authorization": "Bearer abc",
        "nameko.command_id": "1",
        "nameko.street": "370211009",
        "nameko.traceparent": f"00-{'a' * 32}-{'b' * 16}-01",
        "nameko.call_id_stack": ["x"],
        "nameko.role": "bureau",
        "x-death": [],
        "nameko.secret": 7,
    }
    expected = {"authorization": "abc", "command_id": "1", "street": "370211009", "trace_id": "a" * 32}
    assert wire.call_headers(headers) == expected
    assert wire.call_headers(wire.message_headers(expected)) == expected


@pytest.mark.parametrize("trace", ["", "x", "00-short-b-01", 7, None])
def test_a_broken_trace_is_ignored(trace: object) -> None:
    assert wire.call_headers({"nameko.traceparent": trace}) == {}
