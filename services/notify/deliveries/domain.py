"""Rules of a delivery: its states, and how long to wait after a failed try."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from chassis.errors import ConflictError
from contracts.notify.codes import NotifyCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("queued", "claim"): "sending",
    ("failed", "claim"): "sending",
    ("sending", "claim"): "sending",  # its process died: claimed again after the lease
    ("sending", "release"): "queued",  # claimed but not tried: the peer is known to be away
    ("sending", "succeed"): "sent",
    ("sending", "retry"): "failed",
    ("sending", "abandon"): "abandoned",
    ("sending", "bounce"): "bounced",
    ("sending", "suppress"): "suppressed",
    ("abandoned", "requeue"): "queued",
    ("bounced", "requeue"): "queued",
    ("suppressed", "requeue"): "queued",
}
OPEN = ("queued", "sending", "failed")
ENDED = ("sent", "abandoned", "bounced", "suppressed")


def next_status(status: str, action: str) -> str:
    """The delivery's next status; raises :class:`ConflictError` where the table has none."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(NotifyCode.DELIVERY_STATUS, status=status, action=action) from None


@dataclass(frozen=True)
class Outcome:
    """What a try came to: an action of the table, the peer's words, and how long it asked us to wait (seconds)."""

    action: str
    answer: str
    wait: float = 0.0


@dataclass(frozen=True, kw_only=True)
class RetryPolicy:
    """Seconds: ``base`` after the first failure, doubling up to ``cap``; ``most`` tries in all."""

    base: float
    cap: float
    most: int


def final_action(outcome: Outcome, tries: int, policy: RetryPolicy) -> str:
    """A retry is an abandonment once the tries are used up."""
    return "abandon" if outcome.action == "retry" and tries >= policy.most else outcome.action


def back_off(tries: int, policy: RetryPolicy, *, chance: float, asked: float = 0.0) -> timedelta:
    """Wait before the next try: exponential with jitter (``chance`` in [0, 1) picks within 50–100 %).

    A peer that asked for more (Retry-After) gets it, up to the cap.
    """
    exponent = min(max(tries - 1, 0), 40)
    wait = min(policy.base * 2**exponent, policy.cap) * (0.5 + chance / 2)
    return timedelta(seconds=min(max(wait, asked), policy.cap))


def smtp_action(code: int) -> str:
    """RFC 5321 §4.2.1: 5yz is final, anything else may pass later."""
    return "bounce" if 500 <= code < 600 else "retry"


def http_action(status: int) -> str:
    """Standard Webhooks: 2xx is received, 410 is "stop sending", all else is tried again."""
    if 200 <= status < 300:
        return "succeed"
    return "bounce" if status == 410 else "retry"
