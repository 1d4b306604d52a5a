"""Votes: states, what a ballot commits to, what may be shown of small numbers, and the count. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from chassis.errors import ConflictError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_votes import VoteCode
from services.projects import fingerprint

TRANSITIONS: dict[tuple[str, str], str] = {
    ("planned", "open"): "open",
    ("planned", "cancel"): "cancelled",
    ("open", "cast"): "open",
    ("open", "mark_paper_voter"): "open",
    ("open", "handle_paper"): "open",
    ("open", "end"): "counting",
    ("open", "close"): "closed",
    ("open", "cancel"): "cancelled",
    ("counting", "handle_paper"): "counting",
    ("counting", "close"): "closed",
    ("counting", "cancel"): "cancelled",
    ("closed", "cancel"): "cancelled",
    ("cancelled", "plan"): "planned",
    ("cancelled", "open"): "open",
}
PAPER_VOTER_TRANSITIONS: dict[tuple[str, str], str] = {
    ("marked", "strike"): "struck",
    ("struck", "mark"): "marked",
}
FORMAT = "sha256(salt ‖ canonical JSON of the choice); the salt stays with the vote"
TREE, LIST = "rfc9162-sha256", "sha256-list"


def next_status(status: str, action: str) -> str:
    """The vote's next state; conflict where the table has no such pair."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.VOTE_STATE, status=status, action=action) from None


def next_paper_voter_status(status: str, action: str) -> str:
    """The same for an entry of the paper register."""
    try:
        return PAPER_VOTER_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(VoteCode.PAPER_VOTER_STATE, status=status, action=action) from None


def commitment(salt: str, choice: Any) -> str:
    """Of one ballot. Without the salt nobody can say, or prove, what it opens to."""
    return hashlib.sha256(bytes.fromhex(salt) + fingerprint.canonical(choice)).hexdigest()


def mark_of(mark: str) -> str:
    """What is kept of the mark a voter's device made."""
    return hashlib.sha256(bytes.fromhex(mark)).hexdigest()


def commitment_of_list(commitments: Iterable[str]) -> str:
    """SHA-256 over the sorted commitments in hexadecimal: how votes were sealed before they had a tree."""
    return hashlib.sha256("".join(sorted(commitments)).encode()).hexdigest()


def sorted_ballots(ballots: Iterable[Mapping[str, int]]) -> list[dict[str, int]]:
    """In the order of their canonical JSON: the same ballots are always the same list."""
    return [dict(ballot) for ballot in sorted(ballots, key=fingerprint.canonical)]


def seal_of(ballots: Sequence[Mapping[str, int]], salt: str) -> str:
    """Binds what all ballots say together, in an order of their own; it cannot be guessed before the salt is told."""
    return fingerprint.of({"ballots": list(ballots), "salt": salt})


def count(ballots: Iterable[Mapping[str, int]], candidates: Sequence[str]) -> dict[str, int]:
    """Points per candidate; an approval is one point."""
    counted = dict.fromkeys(candidates, 0)
    for ballot in ballots:
        for proposal_id, points in ballot.items():
            counted[proposal_id] += points
    return counted


def shown(counts: Mapping[str, int], least: int) -> dict[str, int | None]:
    """Counts below ``least`` are hidden, and with them so many more that the hidden ones cannot be worked out from the
    total, which is public."""
    if len(counts) <= 1:
        return dict(counts)
    hidden = {name for name, number in counts.items() if number < least}
    rest = sorted((name for name in counts if name not in hidden), key=lambda name: (counts[name], name))
    while hidden and rest and (len(hidden) == 1 or sum(counts[name] for name in hidden) < least):
        hidden.add(rest.pop(0))
    return {name: None if name in hidden else number for name, number in counts.items()}
