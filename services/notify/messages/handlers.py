"""What each event does here. The chassis calls a handler once per event; every effect is unique per event besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from chassis.events import Envelope, Event, from_message
from chassis.runtime import on_event
from services.notify.catalogue import NOTICES
from services.notify.known import actions as known
from services.notify.known import queries as known_queries
from services.notify.messages import actions
from services.notify.messages.queries import Recipient

Handler = Callable[[Any, Session, Event, Envelope], None]


def told(event_name: str) -> Handler:
    """``on_x = told("x")``: a handler that does what the rule table says of the event, nothing else."""

    def handler(self: Any, session: Session, event: Event, envelope: Envelope) -> None:
        tell(session, event, envelope)

    handler.__name__ = f"on_{event_name}"
    return on_event(event_name)(handler)


def tell(session: Session, event: Event, envelope: Envelope) -> None:
    """Tell whom the rule table names."""
    actions.tell(session, notice=NOTICES[envelope.name], envelope=envelope, facts=msgspec.to_builtins(event))


def on_account_opened(session: Session, event: Event, envelope: Envelope) -> None:
    """Know the account, welcome it, and tell it what waited for its organisation."""
    facts: dict[str, Any] = msgspec.to_builtins(event)
    if facts.get("organisation_id"):
        known.wait_for_accounts(session, facts["organisation_id"])
    known.know_account(session, envelope, facts)
    tell(session, event, envelope)
    if facts.get("organisation_id"):
        _release_held(session, envelope.district_code, facts)


def on_account_moved(session: Session, event: Event, envelope: Envelope) -> None:
    """Know whom the account acts for now, say so, and tell it what waited for that organisation."""
    on_account_opened(session, event, envelope)


def _release_held(session: Session, district_code: str, opened: dict[str, Any]) -> None:
    streets = tuple(opened.get("account_streets") or ())
    recipient = Recipient(opened["account_id"], opened["organisation_id"], streets)
    _tell_held(session, district_code, opened["organisation_id"], [recipient])


def _tell_held(session: Session, district_code: str, organisation_id: str, recipients: list[Recipient]) -> None:
    for held in known_queries.list_held(session, district_code, organisation_id):
        envelope = from_message(held.envelope["headers"], msgspec.json.encode(held.envelope["payload"]))
        facts = msgspec.to_builtins(envelope.decode())
        notice = NOTICES[envelope.name]
        actions.tell_accounts(session, notice=notice, envelope=envelope, facts=facts, recipients=recipients)
        session.delete(held)


def release_held(session: Session, district_code: str, organisation_id: str) -> None:
    """What waited for an organisation that has accounts now: its own were opened, or another's became its own."""
    known.wait_for_accounts(session, organisation_id)
    accounts = known_queries.list_accounts_of(session, district_code, [organisation_id])
    recipients = [Recipient(row.id, organisation_id, tuple(row.account_streets)) for row in accounts]
    if recipients:
        _tell_held(session, district_code, organisation_id, recipients)


def on_account_verified(session: Session, event: Event, envelope: Envelope) -> None:
    """Know that the resident's place is verified, and say so."""
    known.verify_account(session, envelope, msgspec.to_builtins(event))
    tell(session, event, envelope)


def on_organisation_registered(session: Session, event: Event, envelope: Envelope) -> None:
    """Know the organisation, and tell it."""
    known.know_organisation(session, envelope, msgspec.to_builtins(event))
    tell(session, event, envelope)


def on_organisation_changed(session: Session, event: Event, envelope: Envelope) -> None:
    """Know what changed, and tell the organisation."""
    known.know_organisation(session, envelope, msgspec.to_builtins(event))
    tell(session, event, envelope)
