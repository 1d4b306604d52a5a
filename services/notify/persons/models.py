"""Where notify tells of a person: an inbox and what they want to hear of. Addresses are the registry's."""

from __future__ import annotations

from chassis.person import Part
from services.notify.deliveries.models import Delivery
from services.notify.known.models import KnownAccount
from services.notify.messages.models import Message, Preference
from services.notify.webhooks.models import WebhookEndpoint

_WORDS = ("title_zh", "body_zh", "title_en", "body_en")
PARTS = (
    Part("account", KnownAccount, ("id",), ("role", "organisation_id", "account_streets", "community_code", "closed")),
    Part("messages", Message, ("account_id",), ("id", *_WORDS, "status", "occurred_at", "read_at"), _WORDS),
    Part("preferences", Preference, ("account_id",), ("kind", "channel", "enabled")),
    Part("deliveries", Delivery, ("account_id",), ("id", "channel", "status", "event_name", "sent_at", "reason")),
    Part("webhook_endpoints", WebhookEndpoint, ("account_id",), ("id", "url", "status", "created_at")),
)
