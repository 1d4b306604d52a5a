"""The address book: notify asks registry when it sends and keeps nothing (CONTRACT.md, "Personal data stays home")."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chassis.runtime.client import RpcClient


@cache
def _client() -> RpcClient:
    # Imported late: only the job process speaks to the broker this way; the service's workers never do.
    from chassis.runtime.client import RpcClient

    return RpcClient(acting_as="notify")


def ask_registry(account_ids: Sequence[str]) -> dict[str, str]:
    """E-mail addresses by account; accounts without one are absent.

    Raises ``FootprintError`` while registry is away.
    """
    reply = _client().call("registry", "get_addresses", {"account_ids": list(account_ids)})
    return {item["account_id"]: item["email"] for item in reply["items"] if item.get("email")}
