"""What the job process does about once a second: claim what is due, send it outside any transaction, settle it.

At least once, honestly: a process that dies after the peer's answer and before our commit sends again after the
lease, with the same Message-ID or webhook-id. Nothing is sent without an intent, and no intent is forgotten.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from chassis import clock, logging
from chassis.errors import FootprintError
from contracts.notify import kinds
from services.notify import settings
from services.notify.deliveries import actions, queries
from services.notify.deliveries.domain import Outcome
from services.notify.deliveries.mail import Letter, Postman, is_sendable
from services.notify.deliveries.models import Delivery
from services.notify.deliveries.post import Courier, Parcel
from services.notify.messages.models import Message
from services.notify.webhooks.models import WebhookEndpoint

log = logging.get(__name__)
AddressBook = Callable[[Sequence[str]], dict[str, str]]
RELEASED = Outcome("release", "the peer is away")


@dataclass(frozen=True)
class Claim:
    """A delivery taken by this process, with what it needs to be sent."""

    delivery_id: str
    version: int
    district_code: str
    trace_id: str
    target: str
    blocked: str = ""
    letter: Letter | None = None
    parcel: Parcel | None = None


def send_mail(executor: Any, *, look_up: AddressBook) -> int:
    """Send due e-mails; returns how many were settled."""
    url = settings.SMTP_URL.get()
    claims, deadline = _claim(executor, kinds.EMAIL, _with_letter) if url else ([], clock.system_now())
    if not claims:
        return 0
    try:
        addresses = look_up(sorted({claim.target for claim in claims}))
    except FootprintError as error:
        return _settle_all(executor, claims, Outcome("retry", f"address book: {error.code}"))
    postman = Postman(
        url,
        sender=settings.MAIL_FROM.get(),
        domain=settings.MAIL_DOMAIN.get(),
        timeout=settings.SMTP_TIMEOUT.get(),
    )
    try:
        for claim in claims:
            spent = postman.away or clock.system_now() > deadline
            _settle(executor, claim, RELEASED if spent else _mail(postman, claim, addresses))
    finally:
        postman.close()
    return len(claims)


def _mail(postman: Postman, claim: Claim, addresses: dict[str, str]) -> Outcome:
    address = addresses.get(claim.target)
    if claim.blocked or claim.letter is None:
        return Outcome("suppress", claim.blocked)
    if address is None:
        return Outcome("suppress", "no_address")
    if not is_sendable(address):
        return Outcome("suppress", "address_unusable")
    return postman.send(claim.letter, address)


def post_webhooks(executor: Any) -> int:
    """Post due webhooks; returns how many were settled."""
    claims, deadline = _claim(executor, kinds.WEBHOOK, _with_parcel)
    if not claims:
        return 0
    courier = Courier(timeout=settings.WEBHOOK_TIMEOUT.get(), allow_loopback=settings.ALLOW_LOOPBACK.get())
    away: set[str] = set()
    try:
        for claim in claims:
            spent = claim.target in away or clock.system_now() > deadline
            outcome = RELEASED if spent else _post(courier, claim)
            if outcome.action in {"retry", "bounce"}:
                away.add(claim.target)
            _settle(executor, claim, outcome)
    finally:
        courier.close()
    return len(claims)


def _post(courier: Courier, claim: Claim) -> Outcome:
    if claim.parcel is None:
        return Outcome("suppress", claim.blocked)
    return courier.send(claim.parcel, clock.system_now())


def _claim(
    executor: Any, channel: str, equip: Callable[[Any, list[Delivery]], list[Claim]]
) -> tuple[list[Claim], datetime]:
    """Claim a batch in a transaction of its own; sending must stop half-way through the lease."""
    now, lease = clock.system_now(), settings.LEASE.get()
    with executor.sessions.begin() as session:
        rows = actions.claim(session, channel, now=now, until=now + timedelta(seconds=lease), most=settings.BATCH.get())
        return equip(session, rows), now + timedelta(seconds=lease / 2)


def _with_letter(session: Any, rows: list[Delivery]) -> list[Claim]:
    stopped = queries.suppressed_targets(session, kinds.EMAIL, {row.target for row in rows})
    return [_mail_claim(session.get_one(Message, row.message_id), row, stopped) for row in rows]


def _mail_claim(message: Message, row: Delivery, stopped: set[str]) -> Claim:
    letter = Letter(
        delivery_id=row.id,
        subject=message.title_zh,
        text=f"{message.body_zh}\n\n----\n{message.title_en}\n\n{message.body_en}\n",
        event_id=row.event_id,
        event_name=row.event_name,
        trace_id=row.trace_id,
        written_at=row.created_at,
    )
    blocked = "bounced_before" if row.target in stopped else ""
    return Claim(row.id, row.version, row.district_code, row.trace_id, row.target, blocked, letter=letter)


def _with_parcel(session: Any, rows: list[Delivery]) -> list[Claim]:
    return [_webhook_claim(session.get_one(WebhookEndpoint, row.endpoint_id), row) for row in rows]


def _webhook_claim(endpoint: WebhookEndpoint, row: Delivery) -> Claim:
    parcel = None
    if endpoint.status == "active":
        parcel = Parcel(row.id, endpoint.url, endpoint.secret, row.body or {})
    blocked = "" if parcel else f"endpoint_{endpoint.status}"
    return Claim(row.id, row.version, row.district_code, row.trace_id, row.target, blocked, parcel=parcel)


def _settle_all(executor: Any, claims: list[Claim], outcome: Outcome) -> int:
    for claim in claims:
        _settle(executor, claim, outcome)
    return len(claims)


def _settle(executor: Any, claim: Claim, outcome: Outcome) -> None:
    caused_by = {"trace_id": claim.trace_id, "causation_id": claim.delivery_id}
    with executor.system_session("settle_delivery", claim.district_code, **caused_by) as session:
        held = actions.settle(
            session,
            delivery_id=claim.delivery_id,
            version=claim.version,
            outcome=outcome,
            now=clock.system_now(),
            chance=random.random(),
        )
    log.info(
        "delivery_settled",
        delivery_id=claim.delivery_id,
        outcome=outcome.action,
        held=held,
        trace_id=claim.trace_id,
    )
