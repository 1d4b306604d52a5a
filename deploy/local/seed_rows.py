"""A synthetic (合成) district, row by row: the same for a seed, but for the nonces of what is encrypted."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from chassis import secretbox
from services.registry import settings
from services.registry.organisations import naming
from services.registry.organisations.credit_code import check_digit
from services.registry.organisations.domain import legal_form, name_key
from services.registry.personal import blind

SYNTHETIC = "合成"
_BEGAN = datetime(2024, 1, 1, tzinfo=UTC)
_APART = timedelta(minutes=5)
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FIELDS = (
    *("elder_care", "disability", "youth", "community_building", "community_service"),
    *("culture_sports", "environment", "mediation", "charity"),
)
_WORDS = (
    "夕阳红",
    "邻里",
    "同心",
    "绿荫",
    "启航",
    "和谐",
    "暖阳",
    "巧手",
    "书香",
    "健步",
    "守望",
    "蓝天",
    "乐活",
    "向阳",
)
_DOES = ("助老", "助残", "青少年", "环保", "调解", "文体", "便民", "公益", "议事", "义诊", "阅读", "巡护")
_FORMS = ("服务社", "协会", "互助队", "志愿队", "俱乐部", "服务中心", "促进会")
# Kind, legal tier, the first two characters of its credit code; as often as in a district.
_SORTS: tuple[tuple[str, str, str], ...] = (
    *((("cso", "filed", ""),) * 60),
    *((("cso", "guided", ""),) * 20),
    *((("cso", "registered", "51"),) * 8),
    *((("cso", "registered", "52"),) * 6),
    *((("social_work", "registered", "52"),) * 3),
    *((("enterprise", "registered", "91"),) * 2),
    ("foundation", "registered", "53"),
)
ORGANISATION = (
    *("id", "district_code", "street_code", "version", "created_at", "name", "name_key", "kind", "legal_tier"),
    *("uscc", "filing_number", "responsible_person", "phone", "fields", "community_code", "hub_id"),
    *("introduction", "founded_on", "status", "in_breach", "legal_form", "phone_index", "assure_from"),
    *("bigrams", "sounds", "pinyin", "initials", "search_version"),
)
CHANGE = (
    *("id", "district_code", "street_code", "organisation_id", "field", "was", "became", "reason"),
    *("account_id", "role", "changed_at"),
)


@dataclass(kw_only=True)
class Synthetic:
    """``organisations`` of them and a hub per street besides, with ``history`` rows of changes in all.

    ``streets``: code → name; ``communities``: street code → community codes.
    """

    district: str
    streets: dict[str, str]
    communities: dict[str, list[str]]
    organisations: int
    history: int
    seed: int
    rows: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        dice = random.Random(self.seed)
        codes = sorted(self.streets)
        people, phones = _sealed(dice)
        hubs = {code: _uuid(dice, number) for number, code in enumerate(codes)}
        for number, code in enumerate(codes):
            facts: dict[str, Any] = {
                "kind": "hub",
                "legal_tier": "registered",
                "uscc": _credit_code(dice, "52", self.district, number),
            }
            self.rows.append(self._row(dice, hubs[code], number, code, f"{SYNTHETIC}枢纽{number:02d}", facts))
        for number in range(len(codes), len(codes) + self.organisations):
            street = codes[number % len(codes)]
            row_id, facts = _uuid(dice, number), self._sort(dice, number)
            facts["hub_id"] = hubs[street] if facts["kind"] == "cso" else None
            name = f"{SYNTHETIC}{dice.choice(_WORDS)}{dice.choice(_DOES)}{dice.choice(_FORMS)}{number:06d}号"
            self.rows.append(self._row(dice, row_id, number, street, name, facts))
        for number, row in enumerate(self.rows):
            row["responsible_person"], (row["phone"], row["phone_index"]) = (
                people[number % len(people)],
                phones[number % len(phones)],
            )

    def _sort(self, dice: random.Random, number: int) -> dict[str, Any]:
        kind, tier, code = dice.choice(_SORTS)
        return {
            "kind": kind,
            "legal_tier": tier,
            "uscc": _credit_code(dice, code, self.district, number) if code else None,
            "filing_number": f"HC-{number:06d}" if tier == "filed" else None,
        }

    def _row(
        self, dice: random.Random, row_id: uuid.UUID, number: int, street: str, name: str, facts: dict[str, Any]
    ) -> dict[str, Any]:
        places: list[str | None] = [*self.communities.get(street, ())] or [None]
        return {
            "id": row_id,
            "district_code": self.district,
            "street_code": street,
            "version": 1,
            "created_at": _at(number),
            "name": name,
            "name_key": name_key(name),
            **found_by(name),
            "assure_from": _at(number),
            "legal_form": legal_form(facts["legal_tier"], facts.get("uscc"), None),
            "fields": dice.sample(_FIELDS, dice.randint(1, 3)),
            "community_code": dice.choice(places),
            "hub_id": None,
            "introduction": f"{SYNTHETIC}数据，并非真实组织。" * dice.randint(1, 5),
            "founded_on": date(2012, 1, 1) + timedelta(days=dice.randrange(4300)),
            "status": "closed" if dice.random() < 0.03 else "active",
            "in_breach": False,
            **facts,
        }

    def organisation_lines(self) -> Iterator[str]:
        """COPY text of ``organisation``; hubs first, whom the others refer to."""
        for row in self.rows:
            yield copy_line({**row, "fields": json.dumps(row["fields"])}, ORGANISATION)

    def change_lines(self) -> Iterator[str]:
        """COPY text of ``organisation_change``: the registration of each, then changes of all in turn."""
        dice = random.Random(self.seed + 1)
        for number in range(max(self.history, len(self.rows))):
            row = self.rows[number % len(self.rows)]
            turn = number // len(self.rows)
            yield copy_line(self._change(dice, row, number, turn), CHANGE)

    def _change(self, dice: random.Random, row: dict[str, Any], number: int, turn: int) -> dict[str, Any]:
        what, was, became = ("status", None, "active") if turn == 0 else _edit(dice, row, turn)
        at = row["created_at"] + timedelta(days=7 * turn)
        return {
            "id": _uuid_at(dice, at),
            "district_code": self.district,
            "street_code": row["street_code"],
            "organisation_id": row["id"],
            "field": what,
            "was": json.dumps(was, ensure_ascii=False),
            "became": json.dumps(became, ensure_ascii=False),
            "reason": f"{SYNTHETIC}变更 {turn}" if turn else "登记",
            "role": "street_staff",
            "changed_at": at,
        }


def _edit(dice: random.Random, row: dict[str, Any], turn: int) -> tuple[str, Any, Any]:
    what = dice.choice(("introduction", "fields", "community_code", "responsible_person", "phone"))
    if what in ("responsible_person", "phone"):
        return what, None, None
    if what == "fields":
        return what, dice.sample(_FIELDS, 2), row["fields"]
    return what, f"{SYNTHETIC}第 {turn} 版", row[what]


def copy_line(row: dict[str, Any], columns: Sequence[str]) -> str:
    """One line of PostgreSQL's COPY text format."""
    return "\t".join(_text(row.get(name)) for name in columns) + "\n"


def _text(value: Any) -> str:
    if value is None:
        return r"\N"
    if isinstance(value, bool):
        return "t" if value else "f"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list):
        return "{" + ",".join(value) + "}"
    return str(value).replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def _at(number: int) -> datetime:
    return _BEGAN + number * _APART


def _uuid(dice: random.Random, number: int) -> uuid.UUID:
    return _uuid_at(dice, _at(number))


def _uuid_at(dice: random.Random, at: datetime) -> uuid.UUID:
    """Version 7 of that instant, so that newest first means something."""
    stamp = int(at.timestamp() * 1000)
    return uuid.UUID(int=stamp << 80 | 0x7 << 76 | dice.getrandbits(12) << 64 | 0b10 << 62 | dice.getrandbits(62))


def _credit_code(dice: random.Random, kind: str, district: str, number: int) -> str:
    """Well-formed and never given twice: the body counts; ``Y`` in its place marks it as made up."""
    digits = ""
    for _ in range(8):
        number, rest = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[rest] + digits
    body = f"{kind}{district}Y{digits}"
    return body + check_digit(body)


def found_by(name: str) -> dict[str, Any]:
    """The columns that search reads, as a registration writes them."""
    keys = naming.keys_of(name)
    return {
        "bigrams": keys.bigrams,
        "sounds": keys.sounds,
        "pinyin": keys.pinyin,
        "initials": keys.initials,
        "search_version": naming.VERSION,
    }


def _sealed(dice: random.Random) -> tuple[list[str], list[tuple[str, str]]]:
    """People, and phones with their blind index, encrypted as the product does; a few hundred are enough."""
    using = secretbox.keys(settings.DATA_KEY_FILE)
    names = [f"{SYNTHETIC}{number:03d}" for number in range(300)]
    numbers = [f"199{dice.randrange(10**8):08d}" for _ in range(300)]
    people = [secretbox.seal(name, purpose="organisation.responsible_person", using=using) for name in names]
    sealed = [secretbox.seal(phone, purpose="organisation.phone", using=using) for phone in numbers]
    return people, list(zip(sealed, [blind(phone, "phone") for phone in numbers], strict=True))
