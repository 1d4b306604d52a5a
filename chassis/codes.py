"""Error codes: the base every catalogue of codes derives from, and the chassis's own."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """A stable machine-readable error code, ``<noun>_<problem>``, with the texts people read.

    Declare a member as ``NAME = "the_code", "中文", "English"``.
    """

    zh: str
    en: str

    def __new__(cls, value: str, zh: str, en: str) -> Code:
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh = zh
        member.en = en
        return member


class ChassisCode(Code):
    """What the seam itself can refuse."""

    REQUEST_INVALID = "request_invalid", "请求内容有误", "The request is not valid"
    OPERATION_NOT_FOUND = "operation_not_found", "没有这个操作", "No such operation"
    ACTOR_UNAUTHENTICATED = "actor_unauthenticated", "请先登录", "Sign in first"
    TOKEN_EXPIRED = "token_expired", "登录已过期，请重新登录", "The token has expired"
    TOKEN_REVOKED = "token_revoked", "登录状态已被结束，请重新登录", "The session was ended; sign in again"
    SCOPE_FORBIDDEN = "scope_forbidden", "该接口密钥不包含此操作", "The API key does not include this operation"
    ACTOR_FORBIDDEN = "actor_forbidden", "您的角色不能做这件事", "Your role may not do this"
    STREET_FORBIDDEN = "street_forbidden", "不在您的街道范围内", "Outside the streets you act for"
    COMMAND_KEY_REUSED = (
        "command_key_reused",
        "同一幂等键用于不同请求",
        "The idempotency key was used for another request",
    )
    ROW_STALE = (
        "row_stale",
        "内容已被他人修改，请刷新后再试",
        "Somebody changed this meanwhile; read it again",
    )
    ROW_EXISTS = (
        "row_exists",
        "同样的内容刚刚已被登记",
        "Somebody recorded the same thing a moment ago",
    )
    CURSOR_INVALID = "cursor_invalid", "分页游标无效", "The page cursor is not valid"
    SERVICE_UNAVAILABLE = (
        "service_unavailable",
        "服务暂时不可用，请稍后再试",
        "A service is away; try again shortly",
    )
    DEADLINE_EXCEEDED = "deadline_exceeded", "处理超时，请稍后再试", "The service did not answer in time"
    JOB_NOT_FOUND = "job_not_found", "没有这个任务", "No such job"
    CLOCK_NOT_DEMO = (
        "clock_not_demo",
        "只有演示环境可以拨动时钟",
        "Only a demonstration may move the district clock",
    )
    CLOCK_BACKWARD = "clock_backward", "时钟只能向前", "The district clock only moves forward"
    PARKED_NOT_FOUND = "parked_not_found", "没有这条滞留消息", "No such parked message"
    PARKED_GROUP_NOT_FOUND = "parked_group_not_found", "没有这组滞留消息", "No such group of parked messages"
    PARKED_SETTLED = (
        "parked_settled",
        "该消息已处理，不能再次重放或丢弃",
        "The parked message was settled; it cannot be replayed or discarded again",
    )
    PARKED_REPLAYING = (
        "parked_replaying",
        "该消息已要求重放，正在发出",
        "A replay was asked for already; it is on its way",
    )
    PARKED_EXPIRED = (
        "parked_expired",
        "超过保留期，不能重放，只能丢弃",
        "Past its retention: a replay could double an effect; it can only be discarded",
    )
    INTERNAL = "internal_error", "系统内部错误", "Internal error"
