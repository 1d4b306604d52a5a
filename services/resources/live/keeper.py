"""A pump of the job process: changes one by one, a cold solve now and then that must find the same."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, config, ids, logging, outbox
from chassis.runtime.execute import Executor
from contracts.resources.events_live import LiveMarketDiverged
from services.resources.live import queries, settings
from services.resources.live.book import Book
from services.resources.live.models import NEED, OFFER, LiveMarket, MarketChange
from services.resources.live.queries import PUMP
from services.resources.matching import queries as matching
from services.resources.policy.queries import get_policy

log = logging.get(__name__)
LEASE = timedelta(minutes=2)
BATCH = 200


class Keeper:
    """One process has the market in memory; another that finds its lease over builds it anew from what is open."""

    def __init__(self) -> None:
        self.token = str(ids.new_uuid())
        self.book: Book | None = None

    def __call__(self, executor: Executor) -> int:
        """One turn; how many changes came in. What failed half-way is built anew at the next turn."""
        district = config.DISTRICT.get()
        with executor.sessions() as session:
            if not self._is_due(session, district):
                return 0
        try:
            with executor.system_session(PUMP, district) as session:
                return self._turn(session, district)
        except Exception:
            self.book = None
            raise

    def _is_due(self, session: Session, district: str) -> bool:
        row, now = queries.market_of(session, district), clock.system_now()
        if row is None:
            return True
        if row.owner != self.token or self.book is None:
            return row.owner == self.token or row.lease_until < now
        if row.lease_until - now < LEASE / 2 or _is_old(row, now) or self._weighs_otherwise(session, district):
            return True
        waits = exists().where(MarketChange.district_code == district)
        return bool(session.scalar(select(waits)))

    def _turn(self, session: Session, district: str) -> int:
        now = clock.system_now()
        row = queries.market_of(session, district, lock=True) or _first(session, district, now)
        if row is None or (row.owner != self.token and row.lease_until >= now):
            return 0  # another process was faster
        came = 0
        if self.book is None or row.owner != self.token or self._weighs_otherwise(session, district):
            _take_changes(session, district)  # whatever is noted is read with the rest
            self.book = build(session, district)
            row.built_at = now
        else:
            came = self._apply(session, district, _take_changes(session, district))
        row.owner, row.lease_until = self.token, now + LEASE
        _enter(row, self.book, came, now)
        if _is_old(row, now):
            self._check(session, row, now)
        return came

    def _weighs_otherwise(self, session: Session, district: str) -> bool:
        """The district changed its points since the book was made."""
        return self.book is not None and self.book.weights != get_policy(session, district).weights

    def _apply(self, session: Session, district: str, changes: dict[str, set[str]]) -> int:
        book = self.book
        if book is None:
            raise RuntimeError("no market is kept")
        came = 0
        needs = queries.needs_now(session, district, changes[NEED])
        for name in sorted(changes[NEED]):
            came += book.put_need(name, needs.get(name))
        rows = queries.offers_now(session, district, changes[OFFER])
        givers = {row.provider_organisation_id for row in rows}
        barred = queries.barred_of(session, givers)
        # who declares an interest in one offer is bound by it in all, and so is the other party
        besides = book.of_providers(set().union(givers, *barred.values()))
        every = changes[OFFER] | set(besides)
        offers = queries.offer_entries(session, queries.offers_now(session, district, every))
        for name in sorted(every):
            came += book.put_offer(name, offers.get(name))
        return came

    def _check(self, session: Session, row: LiveMarket, now: datetime) -> None:
        """The same moment and weights over what is open now; then the book goes on from now."""
        from services.resources.matching.engine import flow  # late, as in book.py

        kept = self.book
        if kept is None:
            raise RuntimeError("no market is kept")
        fresh = build(session, row.district_code, like=kept)
        if session.scalar(select(exists().where(MarketChange.district_code == row.district_code))):
            return  # something changed while it was read: at the next turn
        cold = flow.solve(fresh.market.problem()).primal
        row.checked_at, row.difference = now, kept.market.value() - cold
        if row.difference or kept.market.value() != kept.market.bound():
            log.error("live_market_diverged", kept=kept.market.value(), cold=cold, bound=kept.market.bound())
            told = LiveMarketDiverged(live_market_id=row.id, street_codes=[], kept=kept.market.value(), cold=cold)
            outbox.record(session, told)
        self.book = build(session, row.district_code)
        row.built_at = now
        _enter(row, self.book, 0, now)


def _first(session: Session, district: str, now: datetime) -> LiveMarket | None:
    """The district's row, made by one of those who begin at once, and nobody's yet."""
    numbers = dict.fromkeys(("value", "bound", "offers", "needs", "matched", "wanted", "changes"), 0) | {"version": 1}
    times = {"lease_until": now - LEASE, "built_at": now, "created_at": now, "as_of": now}
    row = {"id": ids.new_id("lmk"), "district_code": district, "owner": "", **numbers, **times}
    session.execute(insert(LiveMarket).values(row).on_conflict_do_nothing())
    return queries.market_of(session, district, lock=True)


def build(session: Session, district: str, *, like: Book | None = None) -> Book:
    """From what is open; ``like``: by the moment and weights of another book."""
    if like is None:
        at = matching.moment(clock.now(session, district))
        made = Book(at, get_policy(session, district).weights)
    else:
        made = Book(like.at, like.weights)
    made.fill(queries.open_offers(session, district), queries.open_needs(session, district))
    return made


def _take_changes(session: Session, district: str) -> dict[str, set[str]]:
    """Some that wait, taken away with this transaction; those of transactions that are still open are left."""
    waiting = select(MarketChange).where(MarketChange.district_code == district)
    oldest = waiting.order_by(MarketChange.touched_at).limit(BATCH).with_for_update(skip_locked=True)
    rows = list(session.scalars(oldest))
    found: dict[str, set[str]] = {OFFER: set(), NEED: set()}
    for row in rows:
        found[row.noun].add(row.subject_id)
    session.execute(delete(MarketChange).where(MarketChange.id.in_([row.id for row in rows])))
    return found


def _is_old(row: LiveMarket, now: datetime) -> bool:
    return now - (row.checked_at or row.built_at) >= timedelta(hours=settings.CHECK_HOURS.get())


def _enter(row: LiveMarket, book: Book, came: int, now: datetime) -> None:
    row.value, row.bound = book.market.value(), book.market.bound()
    row.offers, row.needs = len(book.offers), len(book.needs)
    row.matched, row.wanted = book.matched, book.wanted
    row.changes += came
    row.as_of = now
