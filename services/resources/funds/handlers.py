"""The funds saga, our side: a pool line is named, we answer; it is released, the funds are free again."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.events import Envelope
from contracts.projects.events import PoolLineNamed, PoolLineReleased
from contracts.projects.events_money import PoolLineRefunded
from contracts.resources import events
from contracts.resources.codes import FundsRefusal
from services.resources.funds import domain
from services.resources.funds.models import PoolLine
from services.resources.offers import domain as offer_rules
from services.resources.offers import holding as offers
from services.resources.offers.models import Offer
from services.resources.redirects import queries as redirects
from services.resources.stock import domain as stock
from services.resources.stock.domain import About

RESERVED, REFUSED, RELEASED, SETTLED = "reserved", "refused", "released", "settled"


def on_pool_line_named(session: Session, event: PoolLineNamed, envelope: Envelope) -> None:
    """Reserve or refuse. A refused line may be named again; one that is reserved or released has its answer."""
    line = session.get(PoolLine, event.line_id, with_for_update=True)
    if line is not None and (line.status != REFUSED or line.source_version >= envelope.subject_version):
        return
    offer = session.get(Offer, event.offer_id, with_for_update=True)
    if offer is not None and offer.district_code != envelope.district_code:
        offer = None
    funder = next(iter(redirects.survivors(session, envelope.district_code, [event.funder_organisation_id])))
    reason = domain.refusal(
        _facts(offer),
        funder_id=funder,
        amount_fen=event.amount_fen,
        round_streets=event.earmark_streets or event.street_codes,
        round_fields=event.fields,
    )
    _keep(session, line, event, envelope, status=REFUSED if reason else RESERVED, reason=reason)
    ids = {"line_id": event.line_id, "round_id": event.round_id, "offer_id": event.offer_id}
    if reason is not None or offer is None:
        outbox.record(session, events.FundsRefused(street_codes=event.street_codes, reason=str(reason), **ids))
        return
    offers.reserve(session, offer, event.amount_fen, About(kind=stock.RESERVED, line_id=event.line_id))
    outbox.record(session, events.FundsReserved(street_codes=event.street_codes, amount_fen=event.amount_fen, **ids))


def on_pool_line_released(session: Session, event: PoolLineReleased, envelope: Envelope) -> None:
    """Give back what was reserved; a line never heard of is remembered as released."""
    line = session.get(PoolLine, event.line_id, with_for_update=True)
    held = line is not None and line.status == RESERVED
    line = _keep(session, line, event, envelope, status=RELEASED, reason=None)
    if not held:
        return
    offer = session.get_one(Offer, line.offer_id, with_for_update=True)
    offers.release(session, offer, line.amount_fen, About(kind=stock.RELEASED, line_id=line.id))
    fact = events.FundsReleased(
        street_codes=event.street_codes,
        line_id=line.id,
        round_id=line.round_id,
        offer_id=line.offer_id,
        amount_fen=line.amount_fen,
    )
    outbox.record(session, fact)


def on_pool_line_refunded(session: Session, event: PoolLineRefunded, envelope: Envelope) -> None:
    """The round is over: what was given away is handed over for good, the rest is free again. Once."""
    line = session.get(PoolLine, event.line_id, with_for_update=True)
    if line is None or line.status != RESERVED:
        return
    offer = session.get_one(Offer, line.offer_id, with_for_update=True)
    offers.hand_over(session, offer, event.used_fen, About(kind=stock.HANDED_OVER, line_id=line.id))
    offers.release(session, offer, event.amount_fen, About(kind=stock.RELEASED, line_id=line.id))
    line.status, line.used_fen = SETTLED, event.used_fen
    line.decided_at = clock.now(session, envelope.district_code)
    line.source_version = envelope.subject_version
    fact = events.FundsSettled(
        street_codes=event.street_codes,
        line_id=line.id,
        round_id=line.round_id,
        offer_id=line.offer_id,
        used_fen=event.used_fen,
        returned_fen=event.amount_fen,
    )
    outbox.record(session, fact)


def _keep(
    session: Session,
    line: PoolLine | None,
    event: PoolLineNamed | PoolLineReleased,
    envelope: Envelope,
    *,
    status: str,
    reason: FundsRefusal | None,
) -> PoolLine:
    """Write down the answer; a released line keeps the amount that was reserved."""
    now = clock.now(session, envelope.district_code)
    if line is None:
        line = PoolLine(id=event.line_id, district_code=envelope.district_code, round_id=event.round_id)
        session.add(line)
    if status != RELEASED or line.amount_fen is None:
        line.offer_id, line.amount_fen = event.offer_id, event.amount_fen
    line.street_code = event.street_codes[0] if len(event.street_codes) == 1 else None
    line.status, line.reason = status, str(reason) if reason else None
    line.decided_at, line.source_version = now, envelope.subject_version
    return line


def _facts(offer: Offer | None) -> domain.Funds | None:
    if offer is None:
        return None
    bound = {offer.street_code} if offer.street_code else set(offer.earmark["street_codes"])
    return domain.Funds(
        kind=offer.kind,
        is_open=offer.status in (*offer_rules.MATCHABLE, offer_rules.EXHAUSTED),
        provider_id=offer.provider_organisation_id,
        free=offer.free,
        streets=frozenset(bound),
        fields=frozenset(offer.earmark["fields_of_work"]),
        by_name=bool(offer.earmark.get("groups") or offer.earmarked_organisation_ids),
        lot_size=offer.lot_size,
        minimum_lot=offer.minimum_lot,
    )
