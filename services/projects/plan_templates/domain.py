"""Plan templates: states of a version. Pure."""

from __future__ import annotations

from chassis.errors import ConflictError
from contracts.projects.codes_rounds import RoundsCode

TRANSITIONS: dict[tuple[str, str], str] = {
    ("current", "replace"): "replaced",
    ("current", "retire"): "retired",
}


def next_status(status: str, action: str) -> str:
    """The state after ``action``; a pair that is not in the table is a conflict."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(RoundsCode.TEMPLATE_STATE, status=status, action=action) from None
