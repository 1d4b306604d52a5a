"""The inbox: states, preferences, and which street a message belongs to."""

from __future__ import annotations

import pytest

from chassis.errors import ConflictError
from services.notify.messages import domain


def test_a_read_message_cannot_be_read_again() -> None:
    assert domain.next_status("unread", "read") == "read"
    with pytest.raises(ConflictError):
        domain.next_status("read", "read")


def test_mandatory_kinds_and_the_inbox_cannot_be_switched_off() -> None:
    for kind, channel in (("money", "email"), ("orders", "inbox")):
        with pytest.raises(ConflictError):
            domain.check_preference(kind=kind, channel=channel, enabled=False, mandatory=("money",))
        domain.check_preference(kind=kind, channel=channel, enabled=True, mandatory=("money",))
    domain.check_preference(kind="orders", channel="email", enabled=False, mandatory=("money",))


def test_the_street_of_a_message() -> None:
    assert domain.street_of(["1"], []) == "1"
    assert domain.street_of(["1"], ["1", "2"]) == "1"
    assert domain.street_of(["1"], ["2"]) is None
    assert domain.street_of(["1", "2"], []) is None
    assert domain.street_of([], []) is None
