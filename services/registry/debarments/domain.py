"""The mirror of a debarment: its states, whatever the order of the news. Pure."""

from __future__ import annotations

TRANSITIONS: dict[tuple[str, str], str] = {
    ("waiting", "begin"): "barring",
    ("waiting", "end"): "ended",
    ("barring", "end"): "ended",
}


def after(status: str, action: str) -> str | None:
    """The next state, ``None`` where the news is old: an end that overtook its beginning stays the end."""
    return TRANSITIONS.get((status, action))
