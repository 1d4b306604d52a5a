"""Events of units, stock, conditions and gifts. Ids and facts only."""

from __future__ import annotations

from chassis.events import Event, event
from contracts.resources.events import AllocationFact, NeedFact, OfferFact


@event(owner="resources", subject="unit_id")
class UnitDefined(Event, frozen=True, kw_only=True):
    """The district defined a unit of quantities of its own."""

    unit_id: str
    code: str
    base: str
    size: str


@event(owner="resources", subject="offer_id")
class StockExpired(OfferFact, frozen=True, kw_only=True):
    """Batches of the offer are past their day: ``count`` of it left the offer."""

    count: int


@event(owner="resources", subject="allocation_id")
class AllocationPartReceived(AllocationFact, frozen=True, kw_only=True):
    """The recipient acknowledged a part; more may come."""


@event(owner="resources", subject="allocation_id")
class AllocationPartReturned(AllocationFact, frozen=True, kw_only=True):
    """A part of what was handed over went back to the provider: given again, or written off."""

    condition: str
    restocked: bool


@event(owner="resources", subject="allocation_id")
class AllocationLost(AllocationFact, frozen=True, kw_only=True):
    """On its way this much was lost, damaged or went past its day."""

    cause: str


@event(owner="resources", subject="allocation_id")
class AllocationResolved(AllocationFact, frozen=True, kw_only=True):
    """Staff settled a dispute: ``quantity`` counts as received, ``rest`` says what became of the rest."""

    rest: str


@event(owner="resources", subject="allocation_id")
class GiftUsed(AllocationFact, frozen=True, kw_only=True):
    """So much of a gift was used; photos by content hash. ``last``: nothing of it is left to use."""

    gift_use_id: str
    used_on: str
    project_id: str | None
    people_served: int
    photos: list[str]
    last: bool


@event(owner="resources", subject="need_id", handled_by=("notify",))
class NeedConfirmationDue(NeedFact, frozen=True, kw_only=True):
    """It is long since anybody said that the need stands; unanswered it is closed after ``confirm_by``."""

    confirm_by: str


@event(owner="resources", subject="need_id")
class NeedConfirmed(NeedFact, frozen=True, kw_only=True):
    """The need still stands."""
