"""Votes: states, what a ballot commits to, the one commitment to them all, and the count. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes import ProjectsCode
from services.projects import fingerprint

TRANSITIONS: dict[tuple[str, str], str] = {("open", "cast"): "open", ("open", "close"): "closed"}
FORMAT = "sha256(salt ‖ canonical JSON of the sorted proposal ids), salt in hexadecimal"


def next_status(status: str, action: str) -> str:
    """The vote's next state; conflict where the table has no such pair."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(ProjectsCode.VOTE_STATE, status=status, action=action) from None


def check_choice(choice: Sequence[str], *, candidates: Sequence[str], limit: int) -> list[str]:
    """Distinct candidates up to the limit; returned sorted, so that the order tells nothing."""
    if len(set(choice)) != len(choice) or len(choice) > limit or not set(choice) <= set(candidates):
        raise InvalidError(ProjectsCode.BALLOT_INVALID, limit=limit)
    return sorted(choice)


def commitment(salt: str, choice: Iterable[str]) -> str:
    """Of one ballot; the voter keeps salt and choice and can prove it."""
    return hashlib.sha256(bytes.fromhex(salt) + fingerprint.canonical(sorted(choice))).hexdigest()


def commitment_of_all(commitments: Iterable[str]) -> str:
    """SHA-256 over the sorted commitments, written one after the other in hexadecimal: what the trail keeps."""
    return hashlib.sha256("".join(sorted(commitments)).encode()).hexdigest()


def count(choices: Iterable[Sequence[str]], candidates: Sequence[str]) -> dict[str, int]:
    """Approvals per candidate."""
    counted = dict.fromkeys(candidates, 0)
    for choice in choices:
        for proposal_id in choice:
            counted[proposal_id] += 1
    return counted
