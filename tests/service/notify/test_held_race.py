"""An event for an organisation and the opening of its first account, at the same moment."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from services.notify.known import actions as known
from tests.kit import ZHUHAI
from tests.service.notify.test_inbox import returned
from tests.service.notify.world import Notify


def test_an_account_that_opens_while_its_event_is_being_held_is_told(
    notify: Notify, monkeypatch: pytest.MonkeyPatch
) -> None:
    organisation_id = notify.register()
    opened: list[Any] = []

    def open_account() -> None:
        opened.append(notify.open_account("cso", organisation_id=organisation_id, streets=(ZHUHAI,)))

    opening, hold = threading.Thread(target=open_account), known.hold

    def hold_slowly(*args: Any) -> None:
        hold(*args)
        opening.start()
        opening.join(1.0)  # long enough for the opening to miss what is not committed yet

    monkeypatch.setattr(known, "hold", hold_slowly)
    notify.hear(returned(organisation_id), twice=False)
    opening.join(10.0)
    assert [message["event_name"] for message in notify.inbox(opened[0])] == ["proposal_returned"]
