"""Rules of the inbox."""

from __future__ import annotations

from collections.abc import Collection

from chassis.errors import ConflictError
from contracts.notify.codes import NotifyCode

TRANSITIONS: dict[tuple[str, str], str] = {("unread", "read"): "read"}


def next_status(status: str, action: str) -> str:
    """The message's next status; raises :class:`ConflictError` where the table has none."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise ConflictError(NotifyCode.MESSAGE_STATUS, status=status, action=action) from None


def check_preference(*, kind: str, channel: str, enabled: bool, mandatory: Collection[str]) -> None:
    """The inbox is the record and always on; mandatory kinds cannot be switched off anywhere."""
    if not enabled and (channel == "inbox" or kind in mandatory):
        raise ConflictError(NotifyCode.PREFERENCE_MANDATORY, kind=kind, channel=channel)


def street_of(event_streets: Collection[str], account_streets: Collection[str]) -> str | None:
    """The street a message belongs to: the event's one street, unless its reader acts for other streets only.

    Such a message is personal (null): it was addressed to that account, so its own street gateway must show it.
    """
    if len(event_streets) != 1:
        return None
    street = next(iter(event_streets))
    return street if not account_streets or street in account_streets else None
