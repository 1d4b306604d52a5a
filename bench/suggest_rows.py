"""The rows of ``./run bench suggest``: synthetic (合成) open offers and needs, the same for a seed."""

from __future__ import annotations

import io
import json
import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.keys import DISTRICT
from bench.text import rows as labelled
from chassis import clock, ids
from services.resources.vocabulary import topics, vectors

STREETS, COMMUNITIES, PROVIDERS, NEEDS = 23, 15, 2000, 4000
DISTRICT_WIDE, TAGGED = 0.2, 0.3
UNITS = {"funds": "fen", "volunteers": "hour", "venue": "window", "know_how": "session", "materials": "件"}
FIELDS = ("elder_care", "disability", "youth", "community_building", "culture_sports", "environment", "charity")
_BEGAN = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Made:
    """Ids to ask for."""

    needs: list[str]
    offers: list[str]


@dataclass
class Maker:
    """Texts come from the labelled sets, so topics are as uneven as theirs; streets are of unequal size."""

    seed: int

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._using = topics.reader((), 0, vectors.TEXT_MODEL.get())
        self._streets = [f"{DISTRICT}{number:03d}" for number in range(1, STREETS + 1)]
        self._weights = [1 / number**0.7 for number in range(1, STREETS + 1)]
        self._today = clock.day_of(clock.system_now())
        self._texts = {name: labelled(name) for name in ("offers", "queries")}
        self._providers = [self._uuid() for _ in range(PROVIDERS)]
        self._read: dict[tuple[str, str, str, str | None], dict[str, Any]] = {}

    def organisations(self) -> Iterator[dict[str, Any]]:
        for number, key in enumerate(self._providers):
            yield {
                "id": key,
                "district_code": DISTRICT,
                "street_code": self._street(),
                "name": f"合成组织第{number:05d}号",
                "kind": "enterprise",
                "fields_of_work": json.dumps(["elder_care"]),
                "status": "active" if number % 10 else "inactive",
                "source_version": 1,
            }

    def offers(self, count: int) -> Iterator[dict[str, Any]]:
        for _ in range(count):
            row = self._row("offers", None if self._dice.random() < DISTRICT_WIDE else self._street())
            windows = self._windows() if row["kind"] == "venue" else []
            free = len(windows) or self._dice.randint(1, 500)
            earmark = {"fields_of_work": self._some(FIELDS, 0.1), "street_codes": self._some(self._streets, 0.05)}
            counters = {"quantity": free, "free": free, "reserved": 0, "handed_over": 0, "retired": 0}
            yield (
                row
                | counters
                | {
                    "provider_organisation_id": self._dice.choice(self._providers),
                    "status": "open",
                    "windows": json.dumps(windows),
                    "earmark": json.dumps(earmark),
                    "conditions": "",
                    "expires_on": self._day(400) if self._dice.random() < 0.4 else None,
                    "interested_organisation_ids": "[]",
                }
            )

    def needs(self) -> Iterator[dict[str, Any]]:
        for _ in range(NEEDS):
            yield self._row("queries", self._street()) | {
                "organisation_id": self._dice.choice(self._providers),
                "project_id": None,
                "status": "open",
                "quantity": self._dice.randint(1, 50),
                "allotted": 0,
                "received": 0,
                "fields_of_work": json.dumps(self._dice.sample(FIELDS, 2)),
                "urgency": self._dice.randint(1, 3),
                "due_on": self._day(120),
            }

    def _row(self, name: str, street: str | None) -> dict[str, Any]:
        text = self._dice.choice(self._texts[name])
        kind = text["kind"]
        tags: list[str] = [text["topic"]] if self._dice.random() < TAGGED else []
        return {
            "id": self._uuid(),
            "district_code": DISTRICT,
            "street_code": street,
            "version": 1,
            "created_at": _BEGAN.isoformat(),
            "kind": kind,
            "title": text["text"],
            "summary": "合成数据，仅供压测。" * self._dice.randint(1, 6),
            "unit": UNITS[kind] if self._dice.random() < 0.95 else "箱",
            "skills": "[]",
            "tags": json.dumps(tags),
            "community_code": f"{street}{self._dice.randint(1, COMMUNITIES):03d}" if street else None,
            "place": "",
            **self._topics(name, kind, text["text"], street, tags),
        }

    def _topics(self, name: str, kind: str, title: str, street: str | None, tags: list[str]) -> dict[str, Any]:
        key = (name, title, kind + ",".join(tags), street)
        if key not in self._read:
            row = {"kind": kind, "street_code": street, "tags": tags, "skills": [], "title": title}
            row |= {"summary": "", "substitutes": []}
            read = topics.of_offer if name == "offers" else topics.of_need
            found = read(self._using, row)
            self._read[key] = {one: _array(value) for one, value in found.items()}
        return self._read[key]

    def _windows(self) -> list[dict[str, str]]:
        begins = [datetime.combine(self._today, datetime.min.time(), UTC) + timedelta(days=day) for day in range(1, 90)]
        chosen = sorted(self._dice.sample(begins, self._dice.randint(1, 8)))
        return [
            {"starts_at": (day + timedelta(hours=2)).isoformat(), "ends_at": (day + timedelta(hours=4)).isoformat()}
            for day in chosen
        ]

    def _day(self, most: int) -> date:
        return self._today + timedelta(days=self._dice.randint(3, most))

    def _street(self) -> str:
        return self._dice.choices(self._streets, self._weights)[0]

    def _some(self, values: Any, share: float) -> list[str]:
        return self._dice.sample(list(values), 2) if self._dice.random() < share else []

    def _uuid(self) -> uuid.UUID:
        stamp = int(_BEGAN.timestamp() * 1000) + self._dice.randrange(10**9)
        chance = self._dice.getrandbits(74)
        return uuid.UUID(int=stamp << 80 | 0x7 << 76 | chance >> 62 << 64 | 0b10 << 62 | chance & (1 << 62) - 1)


def _array(value: Any) -> Any:
    return "{" + ",".join(f'"{one}"' for one in value) + "}" if isinstance(value, list) else value


def copy(cursor: Any, table: str, rows: Iterator[dict[str, Any]]) -> list[Any]:
    """COPY; returns the ids."""
    lines, keys = io.StringIO(), []
    columns: list[str] = []
    for row in rows:
        columns = columns or list(row)
        keys.append(row["id"])
        values = (r"\N" if row[name] is None else str(row[name]).replace("\\", "\\\\") for name in columns)
        lines.write("\t".join(values) + "\n")
    lines.seek(0)
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", lines)
    return keys


def load(cursor: Any, *, count: int, seed: int) -> Made:
    """Everything, with statistics."""
    maker = Maker(seed)
    copy(cursor, "known_organisation", maker.organisations())
    offers = copy(cursor, "offer", maker.offers(count))
    needs = copy(cursor, "need", maker.needs())
    cursor.execute("VACUUM (ANALYZE)")
    return Made([ids.encode("ned", key) for key in needs], [ids.encode("ofr", key) for key in offers])
