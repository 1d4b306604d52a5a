"""Events of notify: what became of a message outside the platform. Unhandled but for the trail."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="notify", subject="delivery_id")
class MessageDelivered(Event, frozen=True, kw_only=True):
    """A mail server or webhook receiver accepted a message."""

    delivery_id: str
    channel: str
    cause_event_id: str
    cause_event_name: str
    message_id: str | None = None
    endpoint_id: str | None = None


@event(owner="notify", subject="delivery_id")
class DeliveryBounced(Event, frozen=True, kw_only=True):
    """The other side refused a message for good; nothing more is sent there until an operator asks for it."""

    delivery_id: str
    channel: str
    cause_event_id: str
    cause_event_name: str
    reason: str
    message_id: str | None = None
    endpoint_id: str | None = None


@event(owner="notify", subject="endpoint_id")
class WebhookEndpointAdded(Event, frozen=True, kw_only=True):
    """Somebody asked for events to be posted to an address of theirs."""

    endpoint_id: str
    organisation_id: str | None = None


@event(owner="notify", subject="endpoint_id")
class WebhookEndpointDisabled(Event, frozen=True, kw_only=True):
    """The receiver answered 410 Gone: nothing is posted there any more."""

    endpoint_id: str
    reason: str
    organisation_id: str | None = None


@event(owner="notify", subject="endpoint_id")
class WebhookEndpointResumed(Event, frozen=True, kw_only=True):
    """Its owner switched a disabled endpoint on again."""

    endpoint_id: str
    organisation_id: str | None = None


@event(owner="notify", subject="endpoint_id")
class WebhookEndpointRemoved(Event, frozen=True, kw_only=True):
    """Its owner removed an endpoint."""

    endpoint_id: str
    organisation_id: str | None = None


@event(owner="notify", subject="template_id")
class TemplateSet(Event, frozen=True, kw_only=True):
    """A district changed the wording of one kind of message."""

    template_id: str
    event_name: str
