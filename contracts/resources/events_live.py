"""Events of the kept market. Ids and facts only."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="resources", subject="live_market_id")
class LiveMarketDiverged(Event, frozen=True, kw_only=True):
    """A cold solve found another optimum than the kept market, which was then built anew."""

    live_market_id: str
    kept: int
    cold: int
