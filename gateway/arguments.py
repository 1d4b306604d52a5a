"""From an HTTP request to an operation's input: path, query, body and conditional headers, each in one place only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from falcon.asgi import Request
from marshmallow import Schema, fields

from chassis.codes import ChassisCode
from chassis.errors import InvalidError, StaleError
from gateway.codes import GatewayCode
from gateway.problems import HttpError

EXPECTED_VERSION = "expected_version"
MAX_DEPTH = 32
MAX_PARAMETERS = 200
_JSON_TYPE = re.compile(r"^application/json\s*(;.*)?$", re.IGNORECASE)
_ETAG = re.compile(r'^(W/)?"([0-9]{1,15})(?:-[0-9a-f]{16})?"\Z')
_KEY = re.compile(r"^[\x21-\x7e]{1,200}\Z")


class Inputs:
    """What an input schema accepts, by the names of the edge; built once per route."""

    def __init__(self, schema: type[Schema]) -> None:
        self.fields = {field.data_key or name: field for name, field in schema().load_fields.items()}
        self.lists = {name for name, field in self.fields.items() if isinstance(field, fields.List)}
        self.conditional = EXPECTED_VERSION in self.fields


async def collect(req: Request, path: Mapping[str, str], inputs: Inputs, *, limit: int) -> dict[str, Any]:
    """The operation's keyword arguments. A name given twice is refused, so no part can overrule another."""
    given = query(req.query_string, inputs.lists)
    if req.method in ("POST", "PUT", "PATCH"):
        given = _join(given, await json_object(req, limit=limit))
    given = _join(given, dict(path))
    if inputs.conditional and (version := if_match(req)) is not None:
        given = _join(given, {EXPECTED_VERSION: version})
    return given


def _join(left: dict[str, Any], right: dict[str, Any]) -> dict[str, Any]:
    twice = sorted(left.keys() & right.keys())
    if twice:
        raise InvalidError(GatewayCode.PARAMETER_DUPLICATED, names=twice)
    return {**left, **right}


def query(text: str, lists: set[str]) -> dict[str, Any]:
    """Strings; a list field takes repeated or comma-separated values, another field's repetition is left to fail."""
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=MAX_PARAMETERS)
    except ValueError as error:
        raise HttpError(400, GatewayCode.REQUEST_MALFORMED) from error
    found: dict[str, list[str]] = {}
    for name, value in pairs:
        found.setdefault(name, []).extend(value.split(",") if name in lists else [value])
    return {name: values if name in lists or len(values) > 1 else values[0] for name, values in found.items()}


async def json_object(req: Request, *, limit: int) -> dict[str, Any]:
    """The JSON body, ``{}`` where there is none."""
    if (req.content_length or 0) > limit:
        raise HttpError(413, GatewayCode.BODY_TOO_LARGE, limit=limit)
    raw = await req.stream.read(limit + 1)
    if len(raw) > limit:
        raise HttpError(413, GatewayCode.BODY_TOO_LARGE, limit=limit)
    if not raw:
        return {}
    check_encoding(req)
    if not is_json(req):
        raise HttpError(415, GatewayCode.CONTENT_TYPE_UNSUPPORTED, accepted=["application/json"])
    return _decode(raw)


def check_encoding(req: Request) -> None:
    """A body is read as it is: what unpacks to any size has no limit that means something."""
    coding = (req.get_header("Content-Encoding") or "identity").strip().lower()
    if coding != "identity":
        raise HttpError(415, GatewayCode.CONTENT_ENCODING_UNSUPPORTED, accepted=["identity"])


def is_json(req: Request) -> bool:
    """Whether the body says so of itself."""
    return _JSON_TYPE.match(req.content_type or "") is not None


def _decode(raw: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise HttpError(400, GatewayCode.BODY_NOT_JSON) from error
    if not isinstance(value, dict):
        raise InvalidError(GatewayCode.BODY_NOT_OBJECT)
    if raw.count(b"[") + raw.count(b"{") > MAX_DEPTH and _depth(value) > MAX_DEPTH:
        raise HttpError(400, GatewayCode.BODY_NOT_JSON, depth=MAX_DEPTH)
    return value


def _depth(value: Any) -> int:
    """Nesting, level by level: a recursive walk would fall into the trap it looks for."""
    level, depth = [value], 0
    while level and depth <= MAX_DEPTH:
        depth += 1
        inner: list[Any] = []
        for item in level:
            if isinstance(item, dict):
                inner.extend(item.values())
            elif isinstance(item, list):
                inner.extend(item)
        level = inner
    return depth


def if_match(req: Request) -> int | None:
    """The version the client read. A weak tag never matches strongly (RFC 9110 §13.1.1): 412."""
    header = req.get_header("If-Match")
    if header is None or header.strip() == "*":
        return None
    tag = _ETAG.match(header.strip())
    if tag is None:
        raise HttpError(400, GatewayCode.HEADER_INVALID, header="If-Match")
    if tag.group(1):
        raise StaleError(ChassisCode.ROW_STALE)
    return int(tag.group(2))


def matches(header: str | None, etag: str) -> bool:
    """If-None-Match, by weak comparison (RFC 9110 §13.1.2)."""
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags


def idempotency_key(req: Request) -> str | None:
    """Up to 200 visible ASCII characters."""
    header = req.get_header("Idempotency-Key")
    if header is not None and not _KEY.match(header):
        raise HttpError(400, GatewayCode.HEADER_INVALID, header="Idempotency-Key")
    return header
