"""Events of residents' needs. Ids and facts only: what the person said stays home."""

from __future__ import annotations

from chassis.events import event
from contracts.resources.events import NeedFact


@event(owner="resources", subject="need_id", handled_by=("notify",))
class NeedRequested(NeedFact, frozen=True, kw_only=True):
    """A resident asked for something, in person or (``on_behalf``) by way of somebody else."""

    on_behalf: bool


@event(owner="resources", subject="need_id", handled_by=("notify",))
class NeedTakenOn(NeedFact, frozen=True, kw_only=True):
    """The street centre, or the hub that is named, handles a resident's need from now on."""

    reason: str = ""


@event(owner="resources", subject="need_id")
class NeedShaped(NeedFact, frozen=True, kw_only=True):
    """The handler wrote down what exactly a resident lacks."""

    handler_benefits: bool


@event(owner="resources", subject="need_id")
class NeedRequesterLinked(NeedFact, frozen=True, kw_only=True):
    """A caller's needs are those of an account that the person has opened since."""

    account_id: str


@event(owner="resources", subject="need_id")
class NeedRequesterDisclosed(NeedFact, frozen=True, kw_only=True):
    """What is personal in a resident's need was read unmasked; the access log has the reason."""

    fields: list[str]
