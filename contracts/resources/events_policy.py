"""Events of the district's numbers for offers and needs."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="resources", subject="district")
class ResourcesPolicyChanged(Event, frozen=True, kw_only=True):
    """The district changed its numbers for offers and needs; ``changed`` names them."""

    district: str
    changed: list[str]
