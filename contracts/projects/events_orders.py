"""Events of callers, clocks, appointments, ratings, credentials and recurring orders: ids and facts only."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderOverdue(Event, frozen=True):
    """A clock of the order ran out and staff are asked; ``reminders`` counts how often since the state began."""

    order_id: str
    status: str
    clock: str
    due_at: str
    reminders: int


@event(owner="projects", subject="caller_id")
class OrderCallerLinked(Event, frozen=True):
    """Somebody who called by phone has an account now; the first requester stays."""

    caller_id: str
    account_id: str


@event(owner="projects", subject="caller_id")
class OrderCallerDisclosed(Event, frozen=True):
    """A caller's name and phone were shown in full, for a stated purpose."""

    caller_id: str
    order_id: str
    purpose: str


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderOfferWithdrawn(Event, frozen=True):
    """Somebody else accepted first, or the order was called off: nothing is asked of them any more."""

    order_id: str
    organisation_ids: list[str]


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderGivenBack(Event, frozen=True):
    """Who had accepted gave the order back; the next is asked, or staff."""

    order_id: str
    organisation_id: str | None
    account_id: str | None
    asker_account_ids: list[str] = []


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderAppointmentMoved(Event, frozen=True):
    """The appointment has another time and waits for the resident to agree."""

    order_id: str
    starts_at: str
    ends_at: str
    requester_account_id: str


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderMoveAgreed(Event, frozen=True):
    """The resident agreed to the moved appointment."""

    order_id: str
    starts_at: str
    organisation_id: str | None = None
    account_id: str | None = None


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderProxyNamed(Event, frozen=True):
    """Another account may confirm for the requester."""

    order_id: str
    account_id: str
    relation: str


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderRatedLow(Event, frozen=True):
    """The rating was low: staff follow it up."""

    order_id: str
    follow_up_id: str
    stars: int


@event(owner="projects", subject="order_id")
class OrderFollowUpSettled(Event, frozen=True):
    """Staff settled the follow-up of a low rating."""

    order_id: str
    follow_up_id: str


@event(owner="projects", subject="credential_id")
class CredentialRecorded(Event, frozen=True):
    """A skill, training, age check or insurance is on record."""

    credential_id: str
    requirement: str
    organisation_id: str | None
    account_id: str | None
    valid_until: str | None


@event(owner="projects", subject="credential_id")
class CredentialRevoked(Event, frozen=True):
    """What was on record no longer counts."""

    credential_id: str


@event(owner="projects", subject="series_id")
class OrderSeriesRequested(Event, frozen=True):
    """A recurring order was asked for."""

    series_id: str
    kind: str
    on_behalf: bool


@event(owner="projects", subject="series_id")
class OrderSeriesAdvanced(Event, frozen=True):
    """A recurring order began, paused, went on or ended."""

    series_id: str
    action: str
    status: str


@event(owner="projects", subject="series_id")
class OrderSeriesChanged(Event, frozen=True):
    """A recurring order changed: one occurrence, from a day on, or all of it."""

    series_id: str
    reach: str
    occurrence_on: str | None
    follows_id: str | None


@event(owner="projects", subject="series_id")
class OrderOccurrenceMade(Event, frozen=True):
    """An occurrence of a recurring order became a service order."""

    series_id: str
    order_id: str
    occurrence_on: str
