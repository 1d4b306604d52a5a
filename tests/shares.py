"""Who works side by side in a run with several workers: one plays the district, one has the broker to itself, the
others take file by file. Most tests wait rather than compute, so there are more workers than processors.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from xdist.scheduler import LoadFileScheduling

ROOT = Path(__file__).resolve().parents[1]
LONG = ("district", "broker")


@cache
def share_of(file: str) -> str:
    """The share a file (relative to the root, as in test ids) belongs to."""
    if file.startswith("tests/flow/"):
        return "district"
    return "broker" if "mark.rabbitmq" in (ROOT / file).read_text() else file


def turn(item: pytest.Item) -> int:
    """The long shares come first, so that they do not begin when everything else is done."""
    share = share_of(item.nodeid.partition("::")[0])
    return LONG.index(share) if share in LONG else len(LONG)


class Shares(LoadFileScheduling):
    """Hands whole shares to workers, in the order of the collection."""

    def _split_scope(self, nodeid: str) -> str:
        return share_of(nodeid.partition("::")[0])
