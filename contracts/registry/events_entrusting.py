"""Events of entrusting streets by awards."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="award_id", handled_by=("notify",))
class EntrustmentRefused(Event, frozen=True):
    """An award operates a street, but the hub could not be entrusted with it: ``code`` says why; staff settle it."""

    award_id: str
    hub_id: str
    street_code: str
    code: str
    reason_zh: str
    reason_en: str
