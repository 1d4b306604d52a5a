"""Errors over HTTP: problem+json (RFC 9457) with stable codes, in one place."""

from __future__ import annotations

from typing import Any, ClassVar

import falcon
import msgspec
from falcon.asgi import App, Request, Response

from chassis import logging
from chassis.codes import ChassisCode, Code
from chassis.errors import FootprintError, InternalError
from gateway.codes import GatewayCode
from gateway.problem_words import in_chinese, local

MEDIA_TYPE = "application/problem+json"
# The shape of a refusal in the documentation.
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
        "errors": {"description": "逐项输入错误，按 Accept-Language / what is wrong, by field and by Accept-Language"},
        "details": {"type": "object"},
    },
}
STATUS = {
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_found": 404,
    "conflict": 409,
    "stale": 412,
    "unavailable": 503,
    "internal": 500,
}
RETRY_AFTER_SECONDS = 2
_log = logging.get("gateway.problems")


class HttpError(FootprintError):
    """A refusal that only HTTP knows: it has a status of its own instead of a kind's."""

    kind: ClassVar[str] = "http"

    def __init__(self, status: int, code: Code, /, *, retry_after: int | None = None, **details: Any) -> None:
        super().__init__(code, **details)
        self.status = status
        self.retry_after = retry_after


class SettlementError(FootprintError):
    """The district did not come to rest in time (503); the details say what is missing."""

    kind: ClassVar[str] = "unavailable"


def install(app: App[Request, Response]) -> None:
    """The one error handler, for what services raise, what Falcon raises, and defects."""
    app.add_error_handler(Exception, _on_defect)
    app.add_error_handler(falcon.HTTPError, _on_http_error)
    app.add_error_handler(FootprintError, _on_error)


async def _on_error(req: Request, resp: Response | None, error: FootprintError, params: dict[str, Any]) -> None:
    status = error.status if isinstance(error, HttpError) else STATUS[error.kind]
    if status >= 500:
        _log.warning("unavailable" if status == 503 else "failed", code=error.code, details=error.details)
    if resp is not None:
        write(req, resp, error, status)


async def _on_http_error(req: Request, resp: Response | None, error: falcon.HTTPError, params: dict[str, Any]) -> None:
    status = error.status_code
    codes = {404: GatewayCode.ROUTE_NOT_FOUND, 405: GatewayCode.METHOD_NOT_ALLOWED}
    code = codes.get(status, GatewayCode.REQUEST_MALFORMED)
    if resp is not None:
        write(req, resp, HttpError(status, code), status)
        resp.set_headers(dict(error.headers or {}))


async def _on_defect(req: Request, resp: Response | None, error: Exception, params: dict[str, Any]) -> None:
    _log.error("unhandled", exc_info=error, path=req.uri_template)
    if resp is not None:
        write(req, resp, InternalError(ChassisCode.INTERNAL), 500)


def write(req: Request, resp: Response, error: FootprintError, status: int) -> None:
    """The problem as the reply."""
    english = prefers_english(req)
    resp.status = status
    resp.data = msgspec.json.encode(
        body(error, status, english=english, trace_id=str(req.context.get("trace_id") or ""))
    )
    resp.content_type = MEDIA_TYPE
    resp.set_header("Content-Language", "en" if english else "zh-CN")
    resp.set_header("Cache-Control", "no-store")
    if status == 401:
        resp.set_header("WWW-Authenticate", 'Bearer realm="footprint"')
    told = error.details.get("retry_after_seconds")  # a locked sign-in says how long
    if told or status in (429, 503):
        resp.set_header("Retry-After", str(told or getattr(error, "retry_after", None) or RETRY_AFTER_SECONDS))


def body(error: FootprintError, status: int, *, english: bool, trace_id: str) -> dict[str, Any]:
    """``{type, title, title_zh, title_en, status, code, trace_id, errors?, details?}``."""
    problem: dict[str, Any] = {
        "type": f"/docs#problem-{error.code}",
        "title": error.en if english else error.zh,
        "title_zh": error.zh,
        "title_en": error.en,
        "status": status,
        "code": error.code,
        "trace_id": trace_id,
    }
    details = {} if status == 500 else dict(error.details)
    if "fields" in details:
        errors = details.pop("fields")
        problem["errors"] = errors if english else in_chinese(errors)
    if details:
        problem["details"] = local(details)
    return problem


def prefers_english(req: Request) -> bool:
    """Chinese unless Accept-Language ranks English above it."""
    ranks = {"zh": 0.0, "en": 0.0}
    for part in (req.get_header("Accept-Language") or "").split(","):
        tag, _, quality = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in ranks:
            ranks[language] = max(ranks[language], _quality(quality))
    return ranks["en"] > ranks["zh"]


def _quality(text: str) -> float:
    name, _, value = text.strip().partition("=")
    try:
        return float(value) if name == "q" else 1.0
    except ValueError:
        return 0.0
