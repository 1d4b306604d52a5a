"""Writing together: states of an invitation to write and of a comment. Pure."""

from __future__ import annotations

from chassis.errors import ConflictError
from contracts.projects.codes_rounds import RoundsCode

COAUTHOR_TRANSITIONS: dict[tuple[str, str], str] = {
    ("invited", "accept"): "accepted",
    ("invited", "decline"): "declined",
    ("invited", "remove"): "removed",
    ("accepted", "decline"): "declined",
    ("accepted", "remove"): "removed",
    ("declined", "invite"): "invited",
    ("removed", "invite"): "invited",
}
COMMENT_TRANSITIONS: dict[tuple[str, str], str] = {
    ("open", "resolve"): "resolved",
    ("resolved", "reopen"): "open",
}


def next_coauthor_status(status: str, action: str) -> str:
    """The state after ``action``; a pair that is not in the table is a conflict."""
    try:
        return COAUTHOR_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(RoundsCode.COAUTHOR_STATE, status=status, action=action) from None


def next_comment_status(status: str, action: str) -> str:
    """The same for a comment."""
    try:
        return COMMENT_TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(RoundsCode.COMMENT_STATE, status=status, action=action) from None
