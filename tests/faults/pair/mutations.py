"""Mutation controls: the chassis without one of its cures. The suite must notice each of them.

Only a process of the suite's own takes a cure out; nothing in the chassis can be switched off like this.
"""

from __future__ import annotations

import os
from typing import Any

MUTATIONS = ("inbox_off", "ack_first", "stock_decode", "mandatory_off")


def apply(name: str) -> None:
    """Take the cure ``name`` out of this process; an empty name leaves everything as it is."""
    if name:
        {
            "inbox_off": _inbox_off,
            "ack_first": _ack_first,
            "stock_decode": _stock_decode,
            "mandatory_off": _mandatory_off,
        }[name]()


def _inbox_off() -> None:
    """Every delivery counts as the first."""
    from chassis import inbox

    def accept(session: Any, *, handler: str, event_id: str) -> bool:
        return True

    inbox.accept = accept


def _ack_first() -> None:
    """Acknowledged on arrival, as a consumer with automatic acknowledgement does."""
    from chassis.runtime import nameko_entrypoints as seam
    from chassis.runtime.nameko_queues import BusConsumer

    handle, settle = seam.EventQueue.handle_message, BusConsumer.ack
    acked: set[int] = set()

    def handle_message(self: Any, message: Any) -> None:
        settle(self.queue_consumer, message)
        acked.add(id(message))
        handle(self, message)

    def ack(self: Any, message: Any) -> None:
        if id(message) in acked:
            acked.discard(id(message))
        else:
            settle(self, message)

    seam.EventQueue.handle_message = handle_message  # type: ignore[method-assign]
    BusConsumer.ack = ack  # type: ignore[method-assign]


def _stock_decode() -> None:
    """Stock Nameko: what cannot be decoded is logged and acknowledged (F2)."""
    from chassis.runtime import delivery

    judge = delivery.judge

    def lenient(error: Exception, letter: Any) -> Any:
        return delivery.DONE if isinstance(error, delivery.PoisonError) else judge(error, letter)

    delivery.judge = lenient


def _mandatory_off() -> None:
    """A message that no queue takes is confirmed by the broker and gone."""
    from chassis.runtime import relay

    def handled(name: str) -> bool:
        return False

    relay._handled = handled


def chosen() -> str:
    """The mutation this process was told to carry; raises ``SystemExit`` for an unknown one."""
    name = os.environ.get("FAULTS_MUTATION", "")
    if name and name not in MUTATIONS:
        raise SystemExit(f"FAULTS_MUTATION={name!r}: one of {', '.join(MUTATIONS)}")
    return name
