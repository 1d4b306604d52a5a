"""An echo: the same reply with and without the work of the seam (token, roles, input, context, log)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields
from sqlalchemy.orm import Session

from chassis import config
from chassis.actor import Actor
from chassis.operations import rpc as rpc_row
from chassis.runtime.entrypoints import rpc
from chassis.runtime.execute import Executor
from chassis.runtime.service import Service
from chassis.runtime.standard import OPERATIONS, Housekeeping

NAME = config.setting("BENCH_ECHO_NAME", "bench_echo", "Name of this echo service; bench only.", listed=False)
BARE = config.setting("BENCH_ECHO_BARE", False, "1: reply without the seam's work; bench only.", listed=False)


class Echo(Schema):
    """What comes back."""

    text = fields.String(required=True)
    number = fields.Integer(required=True)


class Echoes(Housekeeping):
    """One read without SQL."""

    @rpc
    def echo(self, session: Session, *, actor: Actor, text: str, number: int) -> dict[str, Any]:
        return {"text": text, "number": number}


class BareExecutor(Executor):
    """Answers at once: what is left is the host's own cost."""

    def call(self, method: str, kwargs: Mapping[str, Any], headers: Mapping[str, Any]) -> Any:
        return kwargs


def service() -> Service:
    """Named by the environment: each contestant has a queue of its own."""
    row = rpc_row("echo", Echo, Echo, roles=("bureau",), zh="回声", en="Echo")
    return Service(name=NAME.get(), cls=Echoes, operations=(*OPERATIONS, row), database="bench_echo")
