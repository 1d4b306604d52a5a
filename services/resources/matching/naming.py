"""Names of a round's certificate: they say nothing but keep the order of the ids, which decides between equals."""

from __future__ import annotations

from collections.abc import Collection

from services.resources.matching.packing import giver


def names(nodes: Collection[str], word: str) -> dict[str, str]:
    """``offer-000001`` and so on by id; a venue's windows keep their ``#index``."""
    ordered = sorted({giver(node) for node in nodes})
    width = len(str(len(ordered)))
    of = {name: f"{word}-{at:0{width}}" for at, name in enumerate(ordered, 1)}
    return {node: of[giver(node)] + node[len(giver(node)) :] for node in nodes}
