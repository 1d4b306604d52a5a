"""A trace as people read it: a tree in the order of time, Chinese first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from chassis.clock import SHANGHAI
from chassis.tracing import Node, Step
from deploy.local.trace_logs import Request

KINDS = {
    "command": "命令 command",
    "event": "事件 event",
    "handled": "处理 handler",
    "timer": "定时 timer",
    "job": "任务 job",
    "message": "消息 message",
    "delivery": "投递 delivery",
    "entry": "存证 trail",
}
STATUSES = {
    "unsent": "未发布 unsent",
    "pruned": "发件箱行已清除 outbox row pruned",
    "waiting": "等待中 waiting",
    "retrying": "重试中 retrying",
    "parked": "已停放 parked",
    "discarded": "停放后放弃 discarded",
    "replayed": "已重放 replayed",
    "fired": "已触发 fired",
    "failing": "触发失败，将重试 failing",
    "cancelled": "已取消 cancelled",
    "queued": "排队中 queued",
    "running": "运行中 running",
    "failed": "失败 failed",
    "sending": "发送中 sending",
    "sent": "已发送 sent",
    "abandoned": "已放弃 abandoned",
    "bounced": "被退回 bounced",
    "suppressed": "未发送 suppressed",
    "unread": "未读 unread",
    "read": "已读 read",
    "archived": "已归档 archived",
    "tombstone": "墓碑 tombstone",
}
OPEN = {"unsent", "waiting", "retrying", "parked", "failing", "queued", "running", "sending"}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What is known of a trace; ``began`` is the instant durations count from."""

    asked: str
    trace_id: str
    began: datetime | None
    requests: list[Request]
    roots: list[Node]
    notes: list[str] = field(default_factory=list)


def is_open(step: Step) -> bool:
    """Something has yet to happen; a failed delivery is tried again, a failed job is not."""
    return step.status in OPEN or (step.kind == "delivery" and step.status == "failed")


def steps_of(nodes: list[Node]) -> Iterator[Step]:
    """Every step of a tree, parents first."""
    for node in nodes:
        yield node.step
        yield from steps_of(node.children)


def lines(report: Report) -> Iterator[str]:
    """The report for a terminal."""
    began = report.began.astimezone(SHANGHAI).isoformat(sep=" ", timespec="milliseconds") if report.began else "?"
    yield f"链路 trace {report.trace_id or '?'}  {began}"
    for request in report.requests:
        named = "" if request.request_id == report.trace_id else f"  X-Request-Id {request.request_id}"
        yield (
            f"请求 request  {request.method} {request.route} → {request.status}  {request.ms:.1f} ms  "
            f"{request.process}  {request.role or '-'}{named}"
        )
    yield from _branches(report.roots, "", report.began)
    for note in report.notes:
        yield f"※ {note}"


def _branches(nodes: list[Node], margin: str, began: datetime | None) -> Iterator[str]:
    for number, node in enumerate(nodes, start=1):
        last = number == len(nodes)
        yield f"{margin}{'└─' if last else '├─'} {told(node.step, began)}"
        yield from _branches(node.children, margin + ("   " if last else "│  "), began)


def told(step: Step, began: datetime | None) -> str:
    """One step as a line."""
    parts = [KINDS[step.kind], _subject(step), after(step.at, began), STATUSES.get(step.status, "")]
    if step.until is not None:
        parts.append(after(step.until, began))
    parts += [*_more(step), step.id if step.kind not in ("handled", "entry") else ""]
    return "  ".join(part for part in parts if part)


def _subject(step: Step) -> str:
    details = step.details
    if step.kind == "event" and "version" in details:
        return f"{step.name}  {details['subject']} v{details['version']}"
    if step.kind == "message":
        return f"{step.name} → {details['account_id']}"
    if step.kind == "delivery":
        return f"{step.name} → {details['to']}"
    if step.kind == "entry":
        return f"#{details['index']}" if "index" in details else f"{details['subject']} v{details['version']}"
    return step.name if step.kind in ("handled", "event") else f"{step.service}.{step.name}"


def _more(step: Step) -> list[str]:
    details = step.details
    words = {
        "retries": "重试 retries {}",
        "tier": "档 tier {}",
        "error": "{}",
        "parked_id": "{}",
        "reason": "{}",
        "tries": "{} 次 tries",
        "due_at": "到期 due {}",
    }
    shown = {name: details[name] for name in words if details.get(name) not in (None, "")}
    if "due_at" in shown:
        shown["due_at"] = datetime.fromisoformat(shown["due_at"]).astimezone(SHANGHAI).isoformat(" ", "minutes")[:16]
    if not is_open(step):
        shown.pop("due_at", None)
    return [words[name].format(value) for name, value in shown.items()]


def after(at: datetime | None, began: datetime | None) -> str:
    """How long after the request: milliseconds, or hours where these say more."""
    ms = milliseconds(at, began)
    if ms is None:
        return ""
    return f"+{ms:.0f} ms" if ms < 600_000 else f"+{ms / 3_600_000:.1f} h"


def milliseconds(at: datetime | None, began: datetime | None) -> float | None:
    """Since the request; never negative: ids and clocks of two processes round differently."""
    return None if at is None or began is None else max(0.0, round((at - began).total_seconds() * 1000, 1))


def as_json(report: Report) -> dict[str, Any]:
    """The same for programs: ``steps`` is the tree, each with ``after_ms`` and ``until_ms``."""
    return {
        "asked": report.asked,
        "trace_id": report.trace_id,
        "began_at": report.began.isoformat() if report.began else None,
        "requests": [{**vars(request), "at": request.at.isoformat()} for request in report.requests],
        "steps": [_node(node, report.began) for node in report.roots],
        "open": sum(map(is_open, steps_of(report.roots))),
        "notes": report.notes,
    }


def _node(node: Node, began: datetime | None) -> dict[str, Any]:
    step = node.step
    return {
        "kind": step.kind,
        "id": step.id,
        "name": step.name,
        "service": step.service,
        "status": step.status,
        "at": step.at.isoformat() if step.at else None,
        "after_ms": milliseconds(step.at, began),
        "until_ms": milliseconds(step.until, began),
        "cause": step.cause,
        "details": step.details,
        "steps": [_node(child, began) for child in node.children],
    }
