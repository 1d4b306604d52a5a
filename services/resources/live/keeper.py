"""A pump of the job process: changes one by one, a cold solve now and then that must find the same."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, config, ids, logging, outbox
from chassis.runtime.execute import Executor
from contracts.resources.events_live import LiveMarketDiverged
from services.resources.live import queries, settings
from services.resources.live.book import Book
from services.resources.live.models import NEED, OFFER, LiveMarket, MarketChange
from services.resources.live.queries import PUMP
from services.resources.matching import domain
from services.resources.matching import queries as matching
from services.resources.policy.queries import get_policy

if TYPE_CHECKING:
    from services.resources.live.first import Facts

log = logging.get(__name__)
LEASE = timedelta(minutes=2)
BATCH = 200


class LostError(Exception):
    """Another process has the market now."""


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
                came, asked = self._turn(session, district)
            if asked is not None:
                self._build(executor, asked)
        except LostError:
            self.book = None
            return 0
        except Exception:
            self.book = None
            raise
        return came

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

    def _turn(self, session: Session, district: str) -> tuple[int, Asked | None]:
        """How many changes came in, and what is to be built after this transaction."""
        now = clock.system_now()
        row = queries.market_of(session, district, lock=True) or _first(session, district, now)
        if row is None or (row.owner != self.token and row.lease_until >= now):
            return 0, None  # another process was faster
        kept = None if row.owner != self.token or self._weighs_otherwise(session, district) else self.book
        row.owner, row.lease_until = self.token, now + LEASE
        if kept is None:
            self.book, row.building = None, 0
            _take_changes(session, district, most=None)  # whatever is noted is read with the rest
            return 0, _read(session, district)
        came = self._apply(session, district, _take_changes(session, district))
        _enter(row, kept, came, now)
        if not _is_old(row, now):
            return came, None
        asked = _read(session, district, like=kept)
        if session.scalar(select(exists().where(MarketChange.district_code == district))):
            return came, None  # something changed while it was read: at the next turn
        row.building = 0
        return came, asked

    def _build(self, executor: Executor, asked: Asked) -> None:
        """Outside any transaction: nobody waits for a lock meanwhile, and what changes is noted for the next turn."""
        from services.resources.live import first  # late, as in book.py

        self.book = None  # its memory is needed, and its value is known
        told, cold = _Told(executor, asked.district, self.token), None
        if asked.kept is not None:
            told.share = 2
            again = first.problem(asked.facts, asked.kept.at, asked.kept.weights, tell=told)
            cold = first.solve(again, tell=told).primal
            del again  # as large as what comes next
            told.before = 100
        made = first.build(asked.facts, asked.at, asked.weights, tell=told)
        with executor.system_session(PUMP, asked.district) as session:
            row, now = queries.market_of(session, asked.district, lock=True), clock.system_now()
            if row is None or row.owner != self.token:
                raise LostError
            row.built_at, row.building, row.lease_until = now, None, now + LEASE
            if asked.kept is not None and cold is not None:
                _compare(session, row, asked.kept, cold, now)
            _enter(row, made, 0, asked.read_at)
        self.book = made

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


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a cold solve must find again."""

    at: domain.Moment
    weights: Mapping[str, int]
    value: int
    bound: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was open at ``read_at``, to be built by this moment and these weights, and by those of ``kept``."""

    district: str
    facts: Facts
    at: domain.Moment
    weights: Mapping[str, int]
    read_at: datetime
    kept: Kept | None


def _read(session: Session, district: str, *, like: Book | None = None) -> Asked:
    from services.resources.live.first import Facts  # late, as in book.py

    kept = None
    if like is not None:
        value, bound = like.market.value(), like.market.bound()
        kept = Kept(at=like.at, weights=like.weights, value=value, bound=bound)
    return Asked(
        district=district,
        facts=Facts(queries.open_offers(session, district), queries.open_needs(session, district)),
        at=matching.moment(clock.now(session, district)),
        weights=dict(get_policy(session, district).weights),
        read_at=clock.system_now(),
        kept=kept,
    )


@dataclass
class _Told:
    """Keeps the lease while it is built and says how far it is, about once a second. Raises LostError."""

    executor: Executor
    district: str
    token: str
    share: int = 1
    before: int = 0
    _told: float = field(default_factory=time.monotonic)

    def __call__(self, done: int) -> None:
        if time.monotonic() - self._told < 1:
            return
        self._told, now = time.monotonic(), clock.system_now()
        mine = LiveMarket.district_code == self.district, LiveMarket.owner == self.token
        values = {"building": (self.before + done) // self.share, "lease_until": now + LEASE}
        with self.executor.sessions.begin() as session:
            again = update(LiveMarket).where(*mine).values(**values, version=LiveMarket.version + 1)
            if session.scalar(again.returning(LiveMarket.id)) is None:
                raise LostError


def _compare(session: Session, row: LiveMarket, kept: Kept, cold: int, now: datetime) -> None:
    """The same moment and weights over what was open; the book goes on from now."""
    row.checked_at, row.difference = now, kept.value - cold
    if row.difference or kept.value != kept.bound:
        log.error("live_market_diverged", kept=kept.value, cold=cold, bound=kept.bound)
        told = LiveMarketDiverged(live_market_id=row.id, street_codes=[], kept=kept.value, cold=cold)
        outbox.record(session, told)


def _first(session: Session, district: str, now: datetime) -> LiveMarket | None:
    """The district's row, made by one of those who begin at once, and nobody's yet."""
    numbers = dict.fromkeys(("value", "bound", "offers", "needs", "matched", "wanted", "changes"), 0) | {"version": 1}
    times = {"lease_until": now - LEASE, "created_at": now, "as_of": now}
    row = {"id": ids.new_id("lmk"), "district_code": district, "owner": "", **numbers, **times}
    session.execute(insert(LiveMarket).values(row).on_conflict_do_nothing())
    return queries.market_of(session, district, lock=True)


def _take_changes(session: Session, district: str, *, most: int | None = BATCH) -> dict[str, set[str]]:
    """Some that wait, taken away with this transaction; those of transactions that are still open are left."""
    waiting = select(MarketChange).where(MarketChange.district_code == district)
    oldest = waiting.order_by(MarketChange.touched_at).limit(most).with_for_update(skip_locked=True)
    rows = list(session.scalars(oldest))
    found: dict[str, set[str]] = {OFFER: set(), NEED: set()}
    for row in rows:
        found[row.noun].add(row.subject_id)
    session.execute(delete(MarketChange).where(MarketChange.id.in_([row.id for row in rows])))
    return found


def _is_old(row: LiveMarket, now: datetime) -> bool:
    since = row.checked_at or row.built_at
    return since is not None and now - since >= timedelta(hours=settings.CHECK_HOURS.get())


def _enter(row: LiveMarket, book: Book, came: int, now: datetime) -> None:
    row.value, row.bound = book.market.value(), book.market.bound()
    row.offers, row.needs = len(book.offers), len(book.needs)
    row.matched, row.wanted = book.matched, book.wanted
    row.changes += came
    row.as_of = now
