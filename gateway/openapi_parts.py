"""The parts every route's documentation shares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gateway import openapi_delivery, openapi_kept, openapi_nouns
from gateway.media_types import ALLOWED, SHEETS
from gateway.openapi_lists import LISTS
from gateway.problems import MEDIA_TYPE
from gateway.problems import PROBLEM as PROBLEM
from gateway.route import Route

HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": '版本与内容，如 "3-0123456789abcdef" / version and content', "schema": {"type": "string"}},
    "X-Request-Id": {"description": "请求编号 / request id", "schema": {"type": "string"}},
    "Retry-After": {"description": "秒 / seconds", "schema": {"type": "string"}},
    "WWW-Authenticate": {"description": "Bearer", "schema": {"type": "string"}},
}
REQUEST_ID = {"X-Request-Id": {"$ref": "#/components/headers/X-Request-Id"}}


def _header(name: str, about: str, pattern: str = "") -> dict[str, Any]:
    """Without a pattern where HTTP says that what cannot be read is ignored."""
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": about,
        "schema": {"type": "string", "pattern": pattern} if pattern else {"type": "string"},
    }


IF_MATCH = _header(
    "If-Match", "读到的 ETag；已变则 412 / the ETag read; 412 when it changed", r'^("[0-9]{1,15}(-[0-9a-f]{16})?"|\*)$'
)
IF_NONE_MATCH = _header("If-None-Match", "未变则 304 / 304 when unchanged")
IDEMPOTENCY_KEY = _header(
    "Idempotency-Key",
    "同一键只执行一次并得到同一答复；换内容则 422 / the same key is carried out once; another body is 422",
    r"^[\x21-\x7e]{1,200}$",
)
_BINARY: dict[str, Any] = {media_type: {"schema": {}} for media_type in ALLOWED}
RAW_BODIES: dict[str, dict[str, Any]] = {
    "gateway.store_file": {"required": True, "content": _BINARY},
    **openapi_kept.BODIES,
}


def _images(*media_types: str) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {"schema": {}} for media_type in media_types}
    return {"description": "二维码 / QR code", "headers": dict(REQUEST_ID), "content": content}


def _paper(description: str) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {"schema": {}} for media_type in ("application/pdf", SHEETS[0])}
    return {"description": description, "headers": dict(REQUEST_ID), "content": content}


_CALENDAR: dict[str, Any] = {
    "description": "日历 iCalendar / the calendar",
    "headers": dict(REQUEST_ID),
    "content": {"text/calendar": {"schema": {}}},
}
_PHOTO: dict[str, Any] = {"description": "照片 / the photo", "headers": dict(REQUEST_ID), "content": _BINARY}
RAW_REPLIES: dict[str, dict[str, Any]] = {
    "projects.get_grants_file": {
        "description": "360Giving 数据文件 / the 360Giving file",
        "headers": dict(REQUEST_ID),
        "content": {"application/json": {"schema": {"type": "object", "required": ["version", "grants"]}}},
    },
    "gateway.get_file": {"description": "文件 / the file", "headers": dict(REQUEST_ID), "content": _BINARY},
    "registry.get_import_template": {
        "description": "模板文件 / the template",
        "headers": dict(REQUEST_ID),
        "content": {media_type: {"schema": {}} for media_type in SHEETS},
    },
    "resources.get_offer_template": {
        "description": "模板文件 / the template",
        "headers": dict(REQUEST_ID),
        "content": {media_type: {"schema": {}} for media_type in SHEETS},
    },
    "resources.get_need_template": {
        "description": "模板文件 / the template",
        "headers": dict(REQUEST_ID),
        "content": {media_type: {"schema": {}} for media_type in SHEETS},
    },
    "projects.get_paper_form": {
        "description": "录入表 / the form",
        "headers": dict(REQUEST_ID),
        "content": {media_type: {"schema": {}} for media_type in SHEETS},
    },
    "projects.read_calendar": _CALENDAR,
    "projects.get_roadshow_calendar": _CALENDAR,
    "projects.get_settlement_document": _paper("结算单文件 / the settlement"),
    "projects.get_report_document": _paper("报告文件 / the report"),
    "projects.get_proposal_document": _paper("方案文件 / the document"),
    "projects.get_platform_record_file": _paper("平台记录 / the platform record"),
    "projects.get_organisation_record_file": _paper("平台记录 / the platform record"),
    "resources.get_stock_card": _paper("库存卡 / the stock card"),
    "resources.get_service_record": _paper("服务时长平台记录 / the platform record of hours"),
    "gateway.get_brand_photo": _PHOTO,
    "gateway.get_evidence_photo": _PHOTO,
    **{name: {"headers": dict(REQUEST_ID), **reply} for name, reply in openapi_kept.REPLIES.items()},
    "gateway.get_brand_qr": _images("image/svg+xml", "image/png"),
    "gateway.get_training_qr": _images("image/svg+xml"),
    "gateway.get_activity_qr": _images("image/svg+xml"),
}
REPLY_TYPES = {"gateway.stream_events": "text/event-stream"}
CACHED = ("gateway.get_file", "gateway.get_brand_photo", "gateway.get_evidence_photo", *openapi_kept.REPLIES)
EXTRA_PARAMETERS: dict[str, tuple[dict[str, Any], ...]] = {
    "gateway.store_file": (_header("Content-Digest", "RFC 9530，不符则 422 / 422 on mismatch"),),
    **openapi_kept.PARAMETERS,
    "gateway.stream_events": (_header("Last-Event-ID", "接受但不重放 / not replayed"),),
}
_TEXTS = {
    400: "格式有误 / Malformed",
    401: "未登录 / Not signed in",
    403: "无权 / Not allowed",
    404: "不存在或不可见 / Not there, or not for the caller",
    409: "状态不允许 / The state does not allow it",
    412: "版本已变 / The version changed",
    413: "过大 / Too large",
    415: "内容类型不支持 / Content type not supported",
    422: "内容有误 / Not valid",
    429: "过于频繁 / Too many attempts",
    500: "内部错误 / Internal error",
    503: "暂不可用 / Away for a moment",
}
SERVER_TEXTS = {414: "地址过长 / Address too long", 431: "请求头过大 / Headers too large"}
_MORE = {401: "WWW-Authenticate", 429: "Retry-After", 503: "Retry-After"}


def problems(statuses: Iterable[int]) -> dict[str, Any]:
    """The refusals of a route."""
    return {str(status): {"$ref": f"#/components/responses/Problem{status}"} for status in statuses}


def problem_components() -> dict[str, Any]:
    """What those refer to; the server itself refuses long addresses and headers before the app sees them."""
    return {f"Problem{status}": _problem(status) for status in _TEXTS} | {
        f"Problem{status}": {"description": text} for status, text in SERVER_TEXTS.items()
    }


def _problem(status: int) -> dict[str, Any]:
    headers: dict[str, Any] = dict(REQUEST_ID)
    if status in _MORE:
        headers[_MORE[status]] = {"$ref": f"#/components/headers/{_MORE[status]}"}
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": _TEXTS[status], "headers": headers, "content": {MEDIA_TYPE: {"schema": schema}}}


def path_names(path: str) -> list[str]:
    """The words in braces."""
    return re.findall(r"{([a-z0-9_]+)}", path)


NOUNS = {**openapi_nouns.REST, **openapi_nouns.ACTIVITIES, **LISTS, **openapi_delivery.NOUNS, **openapi_kept.NOUNS}


def tags(routes: Iterable[Route]) -> list[dict[str, str]]:
    """The nouns in use, with their Chinese names."""
    names = sorted({tag(route) for route in routes})
    return [{"name": name, "description": NOUNS.get(name, name)} for name in names]


def tag(route: Route) -> str:
    """The noun: the first word after the version."""
    return route.path.split("/")[2]


def operation_id(route: Route) -> str:
    """Unique where two routes answer with the same operation."""
    words = [word.strip("{}") for word in route.path.split("/")[2:]]
    return "_".join([route.method.lower(), *words]).replace("-", "_").replace(".", "_")


def portable(value: Any) -> Any:
    r"""Patterns for every reader of JSON Schema: Python's ``\Z`` is a letter Z to ECMAScript."""
    if isinstance(value, dict):
        return {
            key: inner.replace(r"\Z", "$") if key == "pattern" and isinstance(inner, str) else portable(inner)
            for key, inner in value.items()
        }
    return [portable(item) for item in value] if isinstance(value, list) else value
