"""The trail process and the reads of projects on one database, for the tests of the trail."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from chassis import ids
from chassis.events import Envelope
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.execute import Executor
from chassis.runtime.inprocess import InProcessHost
from tests import kit

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def envelope(subject: str, version: int, *, source: str = "registry", **facts: Any) -> Envelope:
    return Envelope(
        id=ids.new_id("evt"),
        name="case_agreed",
        source=source,
        subject=subject,
        subject_version=version,
        district_code=kit.DISTRICT,
        occurred_at=NOW,
        actor={"account_id": "acc_x", "role": "specialist"},
        payload={"case_id": subject, "street_codes": [kit.ZHUHAI], **facts},
    )


class Log:
    """The trail process and the reads of projects on one database."""

    def __init__(self) -> None:
        self.host: InProcessHost = kit.make_host("projects", "projects-trail")
        self.trail: Executor = self.host.executors["projects-trail"]
        self.bureau = kit.Caller(self.host, kit.actor("bureau"))

    def hear(self, *events: Envelope) -> None:
        for event in events:
            for _ in range(2):
                self.trail.handle(event, event=ANY_EVENT)

    def entries(self, **filters: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.bureau("projects.list_trail_entries", limit=200, **filters)["items"]
        return items[::-1]

    def receipt(self, index: int) -> dict[str, Any]:
        found: dict[str, Any] = self.bureau("projects.get_receipt", index=index)
        return found

    def sign(self) -> None:
        """What the trail's process does every few seconds."""
        with self.trail.system_session("sign_trail_heads", kit.DISTRICT) as session:
            self.trail.service.cls().sign_trail_heads(session)
