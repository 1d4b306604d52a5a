"""The parts every route's documentation shares."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from gateway.media_types import ALLOWED, SHEETS
from gateway.problems import MEDIA_TYPE
from gateway.route import Route

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "title_zh", "title_en", "status", "code", "trace_id"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {
            "type": "string",
            "description": "按 Accept-Language / by Accept-Language",
        },
        "title_zh": {"type": "string"},
        "title_en": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "稳定的错误码 / stable code"},
        "trace_id": {"type": "string"},
        "errors": {"description": "逐项输入错误 / what is wrong, by field"},
        "details": {"type": "object"},
    },
}
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
RAW_BODIES: dict[str, dict[str, Any]] = {"gateway.store_file": {"required": True, "content": _BINARY}}


def _images(*media_types: str) -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {"schema": {}} for media_type in media_types}
    return {"description": "二维码 / QR code", "headers": dict(REQUEST_ID), "content": content}


RAW_REPLIES: dict[str, dict[str, Any]] = {
    "gateway.get_file": {"description": "文件 / the file", "headers": dict(REQUEST_ID), "content": _BINARY},
    "registry.get_import_template": {
        "description": "模板文件 / the template",
        "headers": dict(REQUEST_ID),
        "content": {media_type: {"schema": {}} for media_type in SHEETS},
    },
    "gateway.get_brand_photo": {"description": "照片 / the photo", "headers": dict(REQUEST_ID), "content": _BINARY},
    "gateway.get_brand_qr": _images("image/svg+xml", "image/png"),
    "gateway.get_training_qr": _images("image/svg+xml"),
}
REPLY_TYPES = {"gateway.stream_events": "text/event-stream"}
CACHED = ("gateway.get_file", "gateway.get_brand_photo")
EXTRA_PARAMETERS: dict[str, tuple[dict[str, Any], ...]] = {
    "gateway.store_file": (_header("Content-Digest", "RFC 9530，不符则 422 / 422 on mismatch"),),
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


NOUNS = {
    "accounts": "账号",
    "allocations": "对接",
    "api-keys": "接口密钥",
    "assessment-sheets": "评估表",
    "assessments": "组织评估",
    "assurances": "信息确认",
    "awards": "立项",
    "base-occupancy": "基地入驻",
    "bookings": "场地预约",
    "brands": "品牌主页",
    "bus": "总线",
    "case-notices": "入孵公示",
    "caseloads": "在办量",
    "cases": "孵化",
    "centres": "孵化中心",
    "clock": "辖区时钟",
    "consent-texts": "同意书文本",
    "consents": "个人信息同意",
    "consultations": "政策咨询",
    "credit-facts": "信用信息",
    "cultivation-lists": "重点培养",
    "cultivation-rules": "培养规则",
    "dashboard": "监管看板",
    "dashboards": "分项看板",
    "data-exports": "个人信息副本",
    "data-keys": "数据密钥",
    "deadlines": "办理时限",
    "deliveries": "送达",
    "designations": "品牌与样板",
    "duplicates": "疑似重复",
    "entrustments": "枢纽委托",
    "events": "实时动态",
    "fields": "领域",
    "files": "证据文件",
    "grid-cells": "网格",
    "guidance-rules": "服务建议规则",
    "jobs": "后台任务",
    "lockouts": "登录锁定",
    "matching-rounds": "对接轮次",
    "me": "我的",
    "merges": "组织合并",
    "message-preferences": "消息偏好",
    "messages": "消息",
    "needs": "需求",
    "offers": "资源",
    "oidc": "单点登录",
    "order-counts": "服务单统计",
    "order-kinds": "服务单类型",
    "orders": "服务单",
    "organisation-exports": "批量导出",
    "organisation-import-template": "导入模板",
    "organisation-imports": "批量导入",
    "organisation-search": "组织检索",
    "organisations": "组织",
    "party-activities": "党建活动",
    "party-coverage": "党建覆盖",
    "party-kinds": "党组织形式",
    "party-organisations": "党组织",
    "personal-disclosures": "个人信息查阅",
    "pitches": "路演陈述",
    "place-imports": "名录导入",
    "places": "地方",
    "plans": "成长方案",
    "policies": "政策参数",
    "policy-documents": "政策文件",
    "programmes": "孵化计划",
    "projects": "项目",
    "proposals": "方案申报",
    "public-brands": "公开主页",
    "readiness-rules": "登记条件",
    "roadshows": "路演",
    "round-objections": "公示异议",
    "rounds": "公益创投轮次",
    "rubrics": "评估标准",
    "rulebooks": "规则",
    "score-corrections": "评分更正",
    "score-sheets": "评分表",
    "seed-group-steps": "种子团队历程",
    "seed-groups": "种子小组",
    "sessions": "登录",
    "settlement": "平静",
    "spaces": "房间工位",
    "templates": "模板",
    "trail": "留痕",
    "trainings": "培训",
    "tranches": "拨付",
    "visits": "督导",
    "webhook-endpoints": "推送地址",
}


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
