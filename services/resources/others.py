"""What the job process of resources asks of other services: reads, before a transaction, as itself (decision 0005)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from chassis.errors import UnavailableError

if TYPE_CHECKING:
    from chassis.runtime.client import RpcClient

HOLDERS = ("registry", "projects")


class AwayError(Exception):
    """A service does not answer, so nobody knows whether it names a file: the job tries again."""


@cache
def _client() -> RpcClient:
    # Imported late: only the job process speaks to the broker this way; the service's workers never do.
    from chassis.runtime.client import RpcClient

    return RpcClient(acting_as="resources")


def count_holders(sha256: str) -> int:
    """Rows and jobs of other services that name a file."""
    try:
        asked = [_client().call(one, "count_file_holders", {"sha256": sha256}) for one in HOLDERS]
    except UnavailableError as error:
        raise AwayError from error
    return sum(int(one["holders"]) for one in asked)
