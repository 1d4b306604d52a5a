"""Refusals in the reader's language: every sentence a field can refuse with has its Chinese, and times are local."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import falcon.asgi
import pytest
from falcon import testing
from marshmallow import Schema, fields, validate

from chassis.codes import ChassisCode
from chassis.errors import ConflictError, InvalidError, UnauthenticatedError
from contracts import notify, projects, registry, resources
from gateway import problems
from gateway.problem_words import in_chinese, local

ROOT = Path(__file__).parents[3]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
FILLED = {"input": "x", "obj_type": "datetime", "awareness": "aware", "choices": "a, b", "min": 1, "max": 9, "equal": 3}


def inputs() -> Iterator[fields.Field[Any]]:
    """Every field of every operation's input, however deep."""
    seen: set[type[Schema]] = set()
    waiting = [one.input for service in (registry, projects, resources, notify) for one in service.OPERATIONS]
    while waiting:
        schema = waiting.pop()
        if schema is None or schema in seen:
            continue
        seen.add(schema)
        inner = list(schema().fields.values())
        while inner:
            field = inner.pop()
            yield field
            if isinstance(field, fields.Nested):
                waiting.append(type(field.schema))
            if isinstance(field, fields.List):
                inner.append(field.inner)


def sentences() -> set[str]:
    """What marshmallow says of them, and what our own fields say."""
    said = {"Invalid input type.", "Unknown field."}
    for field in inputs():
        said |= {message.format(**FILLED) for message in field.error_messages.values()}
        for rule in field.validators:
            said |= set(refusals(rule))
    return said | set(own())


def refusals(rule: Any) -> Iterator[str]:
    if isinstance(rule, validate.Length | validate.Range):
        names = ("message_min", "message_max", "message_all") + (
            ("message_equal",) if isinstance(rule, validate.Length) else ()
        )
        for name in names:
            words = getattr(rule, name)
            for _ in range(2):  # Range fills in its comparison first
                words = words.format(min_op=rule_word(rule, "gte"), max_op=rule_word(rule, "lte"), **FILLED)
            yield rule.error or words
    elif getattr(rule, "error", None):
        yield rule.error.format(**FILLED)


def rule_word(rule: Any, name: str) -> str:
    return str(getattr(rule, f"message_{name}", ""))


def own() -> Iterator[str]:
    """``raise ValidationError("…")`` in our own code; what an f-string fills in is an ``x``."""
    for path in [*ROOT.glob("chassis/**/*.py"), *ROOT.glob("contracts/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "ValidationError" and node.args:
                said = node.args[0]
                if isinstance(said, ast.Constant):
                    yield str(said.value)
                elif isinstance(said, ast.JoinedStr):
                    yield "".join(str(getattr(part, "value", "x")) if is_text(part) else "x" for part in said.values)


def is_text(part: ast.expr) -> bool:
    return isinstance(part, ast.Constant)


def test_every_sentence_a_field_refuses_with_has_its_chinese() -> None:
    said = sentences()
    assert len(said) > 25
    assert [message for message in sorted(said) if not CHINESE.search(in_chinese(message))] == []


@pytest.mark.parametrize(
    ("message", "chinese"),
    [
        ("Length must be between 2 and 100.", "长度须为 2 至 100"),
        ("Must be greater than or equal to 0 and less than or equal to 100.", "须在 0 至 100 之间"),
        ("Must be one of: cso, hub.", "只能是：cso, hub"),
        ("Not a org_ id.", "不是有效的编号（应以 org_ 开头）"),
        ("Not between 2000 and 2200.", "年份须在 2000 至 2200 之间"),
        ("something {nobody} foresaw", "something {nobody} foresaw"),
    ],
)
def test_numbers_and_choices_are_kept(message: str, chinese: str) -> None:
    assert in_chinese({"scores": {0: [message]}}) == {"scores": {0: [chinese]}}


def test_whoever_prefers_english_reads_it() -> None:
    refusal = InvalidError(ChassisCode.REQUEST_INVALID, fields={"name": ["Missing data for required field."]})
    told = [problems.body(refusal, 422, english=english, trace_id="")["errors"] for english in (False, True)]
    assert told == [{"name": ["必填"]}, {"name": ["Missing data for required field."]}]


def test_instants_are_told_in_the_districts_time() -> None:
    refusal = ConflictError(
        ChassisCode.ROW_EXISTS, until="2026-12-03T16:00:00+00:00", many=[{"at": "2026-12-03T16:00:00.123456Z"}]
    )
    assert problems.body(refusal, 409, english=False, trace_id="")["details"] == {
        "until": "2026-12-04T00:00:00+08:00",
        "many": [{"at": "2026-12-04T00:00:00+08:00"}],
    }
    assert local({"on": "2026-12-03", "left": 2, "at": "2026-12-03T16:00:00+08:00"}) == {
        "on": "2026-12-03",
        "left": 2,
        "at": "2026-12-03T16:00:00+08:00",
    }


@pytest.mark.parametrize(("details", "status", "header"), [({"retry_after_seconds": 30}, 401, "30"), ({}, 401, None)])
def test_whoever_must_wait_is_told_how_long(details: dict[str, int], status: int, header: str | None) -> None:
    reply = falcon.asgi.Response()
    refusal = UnauthenticatedError(ChassisCode.ACTOR_UNAUTHENTICATED, **details)
    problems.write(
        falcon.asgi.Request(testing.create_scope(), testing.ASGIRequestEventEmitter()), reply, refusal, status
    )
    assert reply.get_header("Retry-After") == header
