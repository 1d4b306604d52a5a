"""Order within an aggregate: an event that came before an earlier one waits here, without holding up others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from sqlalchemy import delete, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.events import Envelope
from services.projects.trail.models import TrailWaiting

Aggregate = tuple[str, str]
_LAST = text(
    "SELECT wanted.source, wanted.subject, last.subject_version"
    " FROM unnest(CAST(:sources AS text[]), CAST(:subjects AS text[])) AS wanted(source, subject)"
    " CROSS JOIN LATERAL (SELECT subject_version FROM trail_entry AS e WHERE e.district_code = :district"
    " AND e.source = wanted.source AND e.subject = wanted.subject ORDER BY subject_version DESC LIMIT 1) AS last"
)


def aggregate(envelope: Envelope) -> Aggregate:
    """Versions are counted per service, so by source too."""
    return envelope.source, envelope.subject


def room(session: Session, district_code: str, aggregates: set[Aggregate]) -> Room:
    """What is known of these aggregates: their last entry, and what waits for an earlier event. The log is locked."""
    named = sorted(aggregates)
    wanted = {"sources": [source for source, _ in named], "subjects": [subject for _, subject in named]}
    last = {
        (source, subject): version
        for source, subject, version in session.execute(_LAST, wanted | {"district": district_code})
    }
    held: dict[Aggregate, dict[int, tuple[Envelope, bool]]] = {}
    rows = select(TrailWaiting).where(
        TrailWaiting.district_code == district_code, tuple_(TrailWaiting.source, TrailWaiting.subject).in_(named)
    )
    for row in session.scalars(rows):
        kept = msgspec.json.decode(row.envelope.encode(), type=Envelope)
        held.setdefault((row.source, row.subject), {})[row.subject_version] = kept, row.tombstone
    return Room(district_code, last, held)


class Room:
    """Admits events in any order and lets them out in each aggregate's own."""

    def __init__(
        self,
        district_code: str,
        last: dict[Aggregate, int],
        held: dict[Aggregate, dict[int, tuple[Envelope, bool]]],
    ) -> None:
        self._district = district_code
        self._last = last
        self._held = held
        self._stored = {(key, version) for key, versions in held.items() for version in versions}
        self._gone: list[tuple[Aggregate, int]] = []

    def admit(self, envelope: Envelope, *, tombstone: bool = False) -> Iterator[tuple[Envelope, bool]]:
        """The events, with their tombstone mark, that may be appended now; an older duplicate lets out nothing."""
        key = aggregate(envelope)
        version = self._last.get(key, 0) + 1
        held = self._held.setdefault(key, {})
        if envelope.subject_version > version:
            held.setdefault(envelope.subject_version, (envelope, tombstone))
        elif envelope.subject_version == version:
            held[version] = envelope, tombstone
            while version in held:
                self._last[key] = version
                if (key, version) in self._stored:
                    self._gone.append((key, version))
                yield held.pop(version)
                version += 1

    def write(self, session: Session) -> None:
        """Keep who still waits, forget who left."""
        rows = [
            _row(self._district, *waits)
            for key, versions in self._held.items()
            for version, waits in versions.items()
            if (key, version) not in self._stored
        ]
        if rows:
            session.execute(upsert(TrailWaiting).on_conflict_do_nothing(), rows)
        if self._gone:
            place = tuple_(TrailWaiting.source, TrailWaiting.subject, TrailWaiting.subject_version)
            left = [(*key, version) for key, version in self._gone]
            session.execute(delete(TrailWaiting).where(TrailWaiting.district_code == self._district, place.in_(left)))


def _row(district_code: str, envelope: Envelope, tombstone: bool) -> dict[str, Any]:
    return {
        "district_code": district_code,
        "source": envelope.source,
        "subject": envelope.subject,
        "subject_version": envelope.subject_version,
        "event_id": envelope.id,
        "envelope": msgspec.json.encode(envelope).decode(),
        "tombstone": tombstone,
        "held_at": clock.system_now(),
    }
