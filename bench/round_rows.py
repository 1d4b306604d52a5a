"""The rows of ``./run bench round``: a synthetic (合成) district, the same for a seed.

The distributions are those of ``bench/match_case.py``: 40 Zipf categories, 16 streets of unequal size, lognormal
quantities whose supply is 0.7 of the demand, days, 3 urgencies. A category is a kind and a topic; a fifth of the offers
is for the whole district, and three tenths of both sides carry no tag, which binds nothing.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.keys import DISTRICT
from bench.match_case import CATEGORIES, DAYS, STREETS, SUPPLY
from bench.suggest_rows import FIELDS, UNITS, copy
from chassis import clock, ids

DISTRICT_WIDE, UNTAGGED, LOTS, SINGLE, COMMUNITIES, INTERESTS = 0.2, 0.3, 0.2, 0.05, 15, 0.02
KINDS = tuple(UNITS)
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """Ids of the needs, to ask for while the round runs."""

    needs: list[str]


class Maker:
    """``lots``: a fifth of the needs all or nothing, a fifth of the offers with a least lot of a fifth of them; of both
    a twentieth in whole lots of two, or from one provider."""

    def __init__(self, size: int, seed: int, *, lots: bool) -> None:
        self.size, self.lots, self._dice = size, lots, random.Random(f"{size} {seed}")
        self._today = clock.day_of(clock.system_now())
        self._categories = [1 / number for number in range(1, CATEGORIES + 1)]
        self._streets = [f"{DISTRICT}{number:03d}" for number in range(1, STREETS + 1)]
        self._weights = [1 / number**0.7 for number in range(1, STREETS + 1)]
        self._parties = [self._uuid() for _ in range(max(size // 5, 10))]

    def organisations(self) -> Iterator[dict[str, Any]]:
        for number, key in enumerate(self._parties):
            yield {
                "id": key,
                "district_code": DISTRICT,
                "street_code": self._street(),
                "name": f"合成组织第{number:05d}号",
                "kind": "enterprise",
                "fields_of_work": json.dumps(["elder_care"]),
                "status": "active",
                "source_version": 1,
            }

    def interests(self) -> Iterator[dict[str, Any]]:
        for _ in range(int(len(self._parties) * INTERESTS)):
            provider, party = self._dice.sample(self._parties, 2)
            parties = {"provider_organisation_id": provider, "organisation_id": party}
            yield {"id": self._uuid(), "district_code": DISTRICT} | parties

    def offers(self) -> Iterator[dict[str, Any]]:
        for _ in range(self.size):
            row = self._row(None if self._dice.random() < DISTRICT_WIDE else self._street())
            windows = self._windows() if row["kind"] == "venue" else []
            count = len(windows) or max(1, int(SUPPLY * self._lognormal()))
            yield row | {
                **dict.fromkeys(("quantity", "free"), count),
                **dict.fromkeys(("reserved", "handed_over", "retired"), 0),
                "provider_organisation_id": self._dice.choice(self._parties),
                "status": "open",
                "windows": json.dumps(windows),
                "earmark": json.dumps({"fields_of_work": self._some(FIELDS, 0.1), "street_codes": []}),
                "conditions": "",
                "expires_on": self._day(DAYS) if row["kind"] == "materials" and self._dice.random() < 0.4 else None,
                "interested_organisation_ids": "[]",
                "minimum_lot": max(1, count // 5) if self._falls(LOTS) else 1,
                "lot_size": 2 if self._falls(SINGLE) else 1,
            }

    def needs(self) -> Iterator[dict[str, Any]]:
        for _ in range(self.size):
            row = self._row(self._street())
            yield row | {
                "organisation_id": self._dice.choice(self._parties),
                "project_id": None,
                "status": "open",
                "quantity": self._dice.randint(1, 4) if row["kind"] == "venue" else max(1, int(self._lognormal())),
                "allotted": 0,
                "received": 0,
                "fields_of_work": json.dumps(self._dice.sample(FIELDS, 2)),
                "urgency": self._dice.randint(1, 3),
                "due_on": self._day(2 * DAYS),
                "all_or_nothing": self._falls(LOTS),
                "splittable": not self._falls(SINGLE),
            }

    def _row(self, street: str | None) -> dict[str, Any]:
        category = self._dice.choices(range(CATEGORIES), self._categories)[0]
        kind, topic = KINDS[category % len(KINDS)], f"合成类目{category:02d}"
        tagged = self._dice.random() >= UNTAGGED
        return {
            "id": self._uuid(),
            "district_code": DISTRICT,
            "street_code": street,
            "version": 1,
            "created_at": _BEGAN.isoformat(),
            "kind": kind,
            "title": f"合成{topic}",
            "summary": "合成数据，仅供压测。",
            "unit": UNITS[kind],
            "skills": "[]",
            "tags": json.dumps([topic] if tagged else []),
            "topics": f'{{"{topic}"}}',
            "community_code": f"{street}{self._dice.randint(1, COMMUNITIES):03d}" if street else None,
            "place": "",
        }

    def _windows(self) -> list[dict[str, str]]:
        midnight = datetime.combine(self._today, datetime.min.time(), UTC)
        days = sorted(self._dice.sample(range(1, DAYS), self._dice.randint(1, 4)))
        return [
            {
                "starts_at": (midnight + timedelta(days=day, hours=2)).isoformat(),
                "ends_at": (midnight + timedelta(days=day, hours=4)).isoformat(),
            }
            for day in days
        ]

    def _lognormal(self) -> float:
        return self._dice.lognormvariate(2.5, 0.9)

    def _day(self, most: int) -> date:
        return self._today + timedelta(days=self._dice.randint(3, most))

    def _street(self) -> str:
        return self._dice.choices(self._streets, self._weights)[0]

    def _some(self, values: tuple[str, ...], share: float) -> list[str]:
        return self._dice.sample(list(values), 2) if self._dice.random() < share else []

    def _falls(self, share: float) -> bool:
        return self.lots and self._dice.random() < share

    def _uuid(self) -> uuid.UUID:
        stamp = int(_BEGAN.timestamp() * 1000) + self._dice.randrange(10**9)
        chance = self._dice.getrandbits(74)
        return uuid.UUID(int=stamp << 80 | 0x7 << 76 | chance >> 62 << 64 | 0b10 << 62 | chance & (1 << 62) - 1)


def load(cursor: Any, *, size: int, seed: int, lots: bool, live: bool = False) -> Made:
    """Everything, with statistics. Without ``live`` the live market is left alone: another process seems to keep it."""
    maker = Maker(size, seed, lots=lots)
    copy(cursor, "known_organisation", maker.organisations())
    copy(cursor, "interested_party", maker.interests())
    copy(cursor, "offer", maker.offers())
    needs = copy(cursor, "need", maker.needs())
    if not live:
        _keep_elsewhere(cursor)
    cursor.execute("VACUUM (ANALYZE)")
    return Made([ids.encode("ned", key) for key in needs])


def _keep_elsewhere(cursor: Any) -> None:
    cursor.execute(
        "INSERT INTO live_market (id, district_code, version, created_at, owner, lease_until, value, bound, offers,"
        " needs, matched, wanted, changes, built_at, as_of) VALUES (%s, %s, 1, now(), 'bench',"
        " now() + interval '1 day', 0, 0, 0, 0, 0, 0, 0, now(), now())",
        (str(uuid.UUID(int=7)), DISTRICT),
    )
