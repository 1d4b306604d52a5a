"""Notify: who must know."""

from __future__ import annotations

from typing import Any

import contracts.projects
import contracts.registry
import contracts.resources  # noqa: F401  imported, like the others, for the events notify hears
from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from contracts.notify import OPERATIONS
from services.notify import addresses
from services.notify.dashboard.face import Dashboard
from services.notify.deliveries import pump, tracing
from services.notify.deliveries.face import Deliveries
from services.notify.messages.face import Messages, Told
from services.notify.models import Base
from services.notify.persons.face import Persons
from services.notify.persons.models import PARTS
from services.notify.redirects.face import Redirects
from services.notify.redirects.queries import widen
from services.notify.templates.face import Templates
from services.notify.webhooks.face import Webhooks


class Notify(Housekeeping, Messages, Told, Redirects, Persons, Templates, Webhooks, Deliveries, Dashboard):
    """Inbox, e-mail and webhooks: each event told once to whom it concerns."""

    parts = PARTS


def send_mail(executor: Any) -> int:
    """Due e-mails, with addresses asked of registry at the last moment."""
    return pump.send_mail(executor, look_up=addresses.ask_registry)


SERVICE = Service(
    name="notify",
    cls=Notify,
    operations=OPERATIONS,
    metadata=(Base.metadata,),
    pumps=(send_mail, pump.post_webhooks),
    widen=widen,
    followers=(tracing.FOLLOWER,),
)
