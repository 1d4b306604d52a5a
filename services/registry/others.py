"""What the registry's job process asks of other services: reads, before a transaction, as itself (decision 0005)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from chassis.errors import UnavailableError

if TYPE_CHECKING:
    from chassis.runtime.client import RpcClient

HOLDERS = ("projects", "resources")
PERSONS = ("projects", "resources", "notify")


class AwayError(Exception):
    """A service does not answer: what is made of its answer would not be whole, so the job tries again."""


@cache
def _client() -> RpcClient:
    # Imported late: only the job process speaks to the broker this way; the service's workers never do.
    from chassis.runtime.client import RpcClient

    return RpcClient(acting_as="registry")


def count_holders(sha256: str) -> int:
    """Rows and jobs of other services that name a file."""
    return sum(int(_ask(one, "count_file_holders", sha256=sha256)["holders"]) for one in HOLDERS)


def personal_data(account_id: str) -> dict[str, Any]:
    """By service, what it keeps about a person."""
    return {one: _ask(one, "get_personal_data", account_id=account_id)["data"] for one in PERSONS}


def _ask(service: str, operation: str, **asked: str) -> Any:
    try:
        return _client().call(service, operation, asked)
    except UnavailableError as error:
        raise AwayError from error
