"""What a trace cannot show, and why: retention, logs that rotated, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterator

from chassis import config
from chassis.tracing import Node, Step
from deploy.local.trace_text import is_open, steps_of


def notes(roots: list[Node], *, requests_known: bool, others: int) -> list[str]:
    """One sentence in both languages for each."""
    steps = list(steps_of(roots))
    return [*_pruned(steps, roots), *_state(steps), *_logs(requests_known=requests_known, others=others)]


def _pruned(steps: list[Step], roots: list[Node]) -> Iterator[str]:
    days = config.OUTBOX_DAYS.get()
    count = sum(step.status == "pruned" for step in steps)
    if count:
        yield (
            f"{count} 个事件的发件箱行已过保留期（{days} 天）：其起因、发布时间和别的后续已不可知。 "
            f"The outbox rows of {count} events are past retention ({days} days): "
            "their cause, when they were sent and what else came of them is no longer known."
        )
    if any((root.step.cause or "").startswith("cmd_") for root in roots):
        kept = config.COMMAND_DAYS.get()
        yield f"命令记录已过保留期（{kept} 天）。 The command's own row is past retention ({kept} days)."


def _state(steps: list[Step]) -> Iterator[str]:
    waiting = sum(map(is_open, steps))
    if waiting:
        yield f"尚有 {waiting} 步未完成。 Still open: {waiting}."
    if not steps:
        yield (
            "数据库中没有记录：读取、被拒绝，或以同一 Idempotency-Key 重答。 "
            "The databases have nothing: a read, a refusal, or an answer repeated for the same Idempotency-Key."
        )


def _logs(*, requests_known: bool, others: int) -> Iterator[str]:
    if not requests_known:
        yield (
            "本机日志中没有这个请求，时间从第一步算起。 "
            "The request is not in the logs here; times count from the first step."
        )
    if others:
        yield f"同名请求另有 {others} 个，此为最近的。 {others} more requests had this id; this is the latest."


def unknown(asked: str) -> str:
    """Nothing is known of an id: how long it would have been."""
    return (
        f"查无此号。 Nothing is known of {asked}.\n"
        f"保留期 Kept: 已发布的事件 sent events {config.OUTBOX_DAYS.get()} 天 days, "
        f"命令 commands {config.COMMAND_DAYS.get()} 天 days; 日志按大小轮转 logs rotate by size."
    )
