"""Verify a ballot's receipt offline: that its commitment is a leaf of the vote's tree, and the tree the trail's.

The proof alone shows that the ballot is under ``root``. That the vote was closed with this ``root`` is shown by the
trail's receipt of the event ``vote_closed``, given besides.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from services.projects.trail import merkle

KIND, VERSION = "ballot", 1
LARGEST = 2**31
_HEX32 = re.compile(r"[0-9a-f]{64}")
_MEMBERS = ("kind", "version", "round_id", "commitment", "index", "size", "proof", "root")


class BallotError(Exception):
    """``where`` names the member or the proof; ``why`` says what is wrong with it."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def is_ballot(document: Any) -> bool:
    """Whether the file is a ballot's receipt rather than the trail's."""
    return isinstance(document, dict) and document.get("kind") == KIND


def verify(document: Mapping[str, Any], closing: Mapping[str, Any] | None = None) -> None:
    """Raise :class:`BallotError` unless it holds. ``closing``: the verified trail receipt of the vote's end."""
    _check_shape(document)
    leaf = merkle.leaf_hash(bytes.fromhex(document["commitment"]))
    proof = [bytes.fromhex(step) for step in document["proof"]]
    try:
        reached = merkle.root_from_inclusion(document["index"], document["size"], leaf, proof)
    except ValueError as error:
        raise BallotError("proof", str(error)) from error
    if reached.hex() != document["root"]:
        raise BallotError("proof", f"leads to {reached.hex()}, not to root")
    if closing is not None:
        _check_closing(document, closing)


def _check_shape(document: Mapping[str, Any]) -> None:
    if set(document) != set(_MEMBERS):
        raise BallotError("members", f"exactly {', '.join(_MEMBERS)}")
    if type(document["version"]) is not int or document["version"] != VERSION:
        raise BallotError("version", f"not {VERSION}")
    if not isinstance(document["round_id"], str):
        raise BallotError("round_id", "not text")
    for name in ("index", "size"):
        if type(document[name]) is not int or not 0 <= document[name] <= LARGEST:
            raise BallotError(name, "not a count")
    steps = document["proof"]
    if not isinstance(steps, list) or len(steps) > 64:
        raise BallotError("proof", "not a list of steps")
    digests = {f"proof[{step}]": digest for step, digest in enumerate(steps)}
    digests |= {name: document[name] for name in ("commitment", "root")}
    for name, digest in digests.items():
        if not isinstance(digest, str) or not _HEX32.fullmatch(digest):
            raise BallotError(name, "not 32 bytes in lower-case hex")


def _check_closing(document: Mapping[str, Any], closing: Mapping[str, Any]) -> None:
    """The trail's receipt is of this vote's end, and what it says is what the proof leads to."""
    if closing["entry"]["event"] != "vote_closed" or closing["payload"] is None:
        raise BallotError("--closing", "not the receipt of a vote's end")
    facts = closing["payload"].get("facts")
    if not isinstance(facts, dict):
        raise BallotError("--closing", "its payload has no facts")
    for name, told in (("round_id", "round_id"), ("root", "commitment"), ("size", "ballots")):
        if type(facts.get(told)) is not type(document[name]) or facts[told] != document[name]:
            raise BallotError(name, "not what the trail says of the vote's end")
