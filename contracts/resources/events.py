"""Events of offers, needs, allocations, matching rounds and reserved funds. Ids and facts only."""

from __future__ import annotations

from chassis.events import Event, event


class OfferFact(Event, frozen=True, kw_only=True):
    """What every event of an offer says."""

    offer_id: str
    provider_organisation_id: str
    kind: str
    quantity: int
    free: int
    unit: str


@event(owner="resources", subject="offer_id")
class OfferDrafted(OfferFact, frozen=True, kw_only=True):
    """A provider wrote down what it has to give."""


@event(owner="resources", subject="offer_id")
class OfferVerified(OfferFact, frozen=True, kw_only=True):
    """Staff checked that the offer is real."""


@event(owner="resources", subject="offer_id")
class OfferOpened(OfferFact, frozen=True, kw_only=True):
    """The offer may be matched."""


@event(owner="resources", subject="offer_id")
class OfferPartlyReserved(OfferFact, frozen=True, kw_only=True):
    """Part of the offer is promised or given."""


@event(owner="resources", subject="offer_id")
class OfferExhausted(OfferFact, frozen=True, kw_only=True):
    """Nothing of the offer is free any more."""


@event(owner="resources", subject="offer_id")
class OfferExpired(OfferFact, frozen=True, kw_only=True):
    """The offer's last day passed; what was free is gone, what was promised stays promised."""


@event(owner="resources", subject="offer_id")
class OfferWithdrawn(OfferFact, frozen=True, kw_only=True):
    """The provider took back the free part."""

    reason: str = ""


class NeedFact(Event, frozen=True, kw_only=True):
    """What every event of a need says; one of a resident names no organisation."""

    need_id: str
    organisation_id: str | None
    kind: str
    quantity: int
    received: int
    unit: str
    project_id: str | None = None
    requester_account_id: str | None = None
    handler_organisation_id: str | None = None


@event(owner="resources", subject="need_id")
class NeedDrafted(NeedFact, frozen=True, kw_only=True):
    """An organisation wrote down what it lacks."""


@event(owner="resources", subject="need_id")
class NeedVerified(NeedFact, frozen=True, kw_only=True):
    """Staff checked that the need is real."""


@event(owner="resources", subject="need_id")
class NeedOpened(NeedFact, frozen=True, kw_only=True):
    """The need may be matched."""


@event(owner="resources", subject="need_id")
class NeedPartlyMet(NeedFact, frozen=True, kw_only=True):
    """Part of the need was received (also after a return)."""


@event(owner="resources", subject="need_id")
class NeedMet(NeedFact, frozen=True, kw_only=True):
    """All of the need was received."""


@event(owner="resources", subject="need_id", handled_by=("notify",))
class NeedClosedUnmet(NeedFact, frozen=True, kw_only=True):
    """The need was closed with a rest that nobody met."""

    reason: str = ""


@event(owner="resources", subject="need_id")
class NeedCancelled(NeedFact, frozen=True, kw_only=True):
    """The need does not exist any more."""

    reason: str = ""


class AllocationFact(Event, frozen=True, kw_only=True):
    """What every event of an allocation says; ``quantity`` is that of the step. ``recipient_organisation_id``: who
    benefits, where it is an organisation."""

    allocation_id: str
    offer_id: str
    need_id: str
    provider_organisation_id: str
    recipient_organisation_id: str | None
    quantity: int
    unit: str
    recipient_account_id: str | None = None


@event(owner="resources", subject="allocation_id")
class AllocationProposed(AllocationFact, frozen=True, kw_only=True):
    """A matching round or a person suggests giving this to that."""

    matching_round_id: str | None = None


@event(owner="resources", subject="allocation_id", handled_by=("notify",))
class AllocationReserved(AllocationFact, frozen=True, kw_only=True):
    """The quantity is set aside until ``reserved_until``."""

    reserved_until: str


@event(owner="resources", subject="allocation_id", handled_by=("notify",))
class AllocationConfirmed(AllocationFact, frozen=True, kw_only=True):
    """The provider promised it."""


@event(owner="resources", subject="allocation_id", handled_by=("notify",))
class AllocationHandedOver(AllocationFact, frozen=True, kw_only=True):
    """The provider gave this much (maybe a part)."""


@event(owner="resources", subject="allocation_id", handled_by=("notify",))
class AllocationReceived(AllocationFact, frozen=True, kw_only=True):
    """The recipient acknowledged this much."""


@event(owner="resources", subject="allocation_id")
class AllocationReported(AllocationFact, frozen=True, kw_only=True):
    """The recipient told what became of it; evidence by content hash."""

    evidence: list[str] = []


@event(owner="resources", subject="allocation_id")
class AllocationClosed(AllocationFact, frozen=True, kw_only=True):
    """Staff settled it."""


@event(owner="resources", subject="allocation_id")
class AllocationReleased(AllocationFact, frozen=True, kw_only=True):
    """The quantity is free again."""

    reason: str = ""


@event(owner="resources", subject="allocation_id")
class AllocationReturned(AllocationFact, frozen=True, kw_only=True):
    """What was handed over went back to the provider."""

    reason: str = ""


@event(owner="resources", subject="allocation_id")
class AllocationDisputed(AllocationFact, frozen=True, kw_only=True):
    """Provider and recipient do not agree on what was given."""

    reason: str = ""


class MatchingRoundFact(Event, frozen=True, kw_only=True):
    """What every event of a matching round says."""

    matching_round_id: str


@event(owner="resources", subject="matching_round_id")
class MatchingRoundCreated(MatchingRoundFact, frozen=True, kw_only=True):
    """Staff will match open offers and needs."""


@event(owner="resources", subject="matching_round_id")
class MatchingRoundSolved(MatchingRoundFact, frozen=True, kw_only=True):
    """The optimum was found: its value, proved by equal dual value, and how much it allocates."""

    primal: int
    dual: int
    matches: int
    unmet: int


@event(owner="resources", subject="matching_round_id")
class MatchingRoundClosed(MatchingRoundFact, frozen=True, kw_only=True):
    """What nobody took up is off the table."""


@event(owner="resources", subject="offer_id", handled_by=("projects",))
class FundsReserved(Event, frozen=True, kw_only=True):
    """The funds of an offer are set aside for a round's pool line; projects keeps the ledger from here on."""

    line_id: str
    round_id: str
    offer_id: str
    amount_fen: int


@event(owner="resources", subject="offer_id", handled_by=("projects",))
class FundsRefused(Event, frozen=True, kw_only=True):
    """The funds were not reserved; ``reason`` is a :class:`contracts.resources.codes.FundsRefusal`."""

    line_id: str
    round_id: str
    offer_id: str
    reason: str


@event(owner="resources", subject="offer_id")
class FundsReleased(Event, frozen=True, kw_only=True):
    """The pool line gave the funds back to the offer."""

    line_id: str
    round_id: str
    offer_id: str
    amount_fen: int


@event(owner="resources", subject="offer_id")
class FundsSettled(Event, frozen=True, kw_only=True):
    """The round of a pool line is over: what was used is handed over for good, the rest is back at the offer."""

    line_id: str
    round_id: str
    offer_id: str
    used_fen: int
    returned_fen: int
