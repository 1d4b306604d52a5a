"""What becomes of a delivered event: applied, retried later, or parked. The policy of every host."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any, Literal

import msgspec
from sqlalchemy.exc import DBAPIError, OperationalError

from chassis import config, ids, logging
from chassis.errors import UnavailableError
from chassis.events import TYPES, Envelope, from_message
from chassis.runtime import parking, retrying
from chassis.runtime.answer import HandlerTimeoutError
from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.execute import Executor
from chassis.runtime.parking import Letter

log = logging.get(__name__)
TIERS = ("1s", "5s", "30s", "5m", "30m")
SECONDS = {"1s": 1, "5s": 5, "30s": 30, "5m": 300, "30m": 1800}
OUTAGE_TIER = "5s"
_OUTAGES = ("08", "57P", "53")


class PoisonError(Exception):
    """The message itself is wrong; trying again cannot help."""


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """``done``: acknowledge; ``retry``: send it to ``tier`` first; ``park``: to parking first. With ``headers``."""

    word: Literal["done", "retry", "park"]
    tier: str = ""
    headers: dict[str, Any] | None = None


DONE = Verdict(word="done")


def deliver(executor: Executor, event: str, letter: Letter) -> Verdict:
    """Let the handler of ``event`` apply a message; never raises an :class:`Exception`."""
    try:
        executor.handle(open_letter(event, letter), event=event, retried=letter.attempt > 0)
    except Exception as error:
        verdict = judge(error, letter)
        if verdict.word == "retry" and not is_outage(error):  # in an outage the database is what is away
            _note_retry(executor, letter, error, verdict)
        return verdict
    return DONE


def _note_retry(executor: Executor, letter: Letter, error: Exception, verdict: Verdict) -> None:
    about = parking.error_headers(error, queue=letter.queue)
    retrying.note(
        executor.sessions,
        queue=letter.queue,
        event_id=letter.headers.get("cloudEvents_id"),
        attempt=letter.attempt + 1,
        seconds=SECONDS[verdict.tier],
        error=parking.storable_text(about[parking.ERROR]),
        fingerprint=about[parking.FINGERPRINT],
    )


def open_letter(event: str, letter: Letter) -> Envelope:
    """The envelope, known to decode; raises :class:`PoisonError`."""
    if len(letter.body) > config.BODY_LIMIT.get():
        raise PoisonError(f"body of {len(letter.body)} bytes")
    try:
        envelope = from_message(dict(letter.headers), letter.body)
        if not ids.is_id("evt", envelope.id):  # the inbox could not tell two such events apart
            raise PoisonError("the event's id is not one of ours")
        if event != ANY_EVENT:
            if envelope.name != event:
                raise PoisonError(f"{envelope.name} in the queue of {event}")
            msgspec.convert(envelope.payload, TYPES[event].struct)
        return envelope
    except (ValueError, KeyError) as error:  # msgspec.ValidationError is a ValueError
        raise PoisonError(f"undecodable: {type(error).__name__}: {error}") from error


def judge(error: Exception, letter: Letter) -> Verdict:
    """After a failure: an outage waits, a defect is retried with growing delay, poison is parked at once."""
    headers = parking.own_headers(letter.headers)
    if is_outage(error):
        log.warning("event_waits", **_about(letter), error=parking.summary(error))
        return Verdict(word="retry", tier=OUTAGE_TIER, headers=headers)
    if isinstance(error, PoisonError) or letter.attempt >= config.RETRY_LIMIT.get():
        log.error("event_parked", **_about(letter), exc_info=error)
        return Verdict(word="park", headers=headers | parking.error_headers(error, queue=letter.queue))
    tier = TIERS[min(letter.attempt, len(TIERS) - 1)]
    log.warning("event_retried", **_about(letter), tier=tier, exc_info=error)
    return Verdict(word="retry", tier=tier, headers=headers | {parking.ATTEMPT: letter.attempt + 1})


def _about(letter: Letter) -> dict[str, Any]:
    """What a log line says of a message."""
    trace = str(letter.headers.get("cloudEvents_correlationid", ""))[:64]
    return {"queue": letter.queue, "event_id": letter.message_id, "trace_id": trace}


def is_outage(error: BaseException) -> bool:
    """A part is away. That is nobody's fault in the message, so it costs the message no attempt."""
    if _ran_too_long(error):
        return False
    if isinstance(error, UnavailableError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "pgcode", None)
    if state is None:
        # no SQLSTATE: the server said nothing about a statement; it refused, hung up, or is still starting
        return error.connection_invalidated or isinstance(error, OperationalError)
    return str(state).startswith(_OUTAGES)


def _ran_too_long(error: BaseException | None) -> bool:
    """The limit may come in the middle of a query: then psycopg2 closes the connection and says so instead."""
    while error is not None:
        if isinstance(error, HandlerTimeoutError):
            return True
        error = error.__cause__ or error.__context__
    return False


def jitter_ms(tier: str) -> int:
    """A little less than the tier's time, so that what failed together does not return together."""
    return int(SECONDS[tier] * 1000 * random.uniform(0.7, 1.0))
