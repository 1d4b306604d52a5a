"""Which drafts exist already, as a single registration would find them, by the hundred."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select, String, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis.sheets.cells import Flaw, Line
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_bulk import BulkCode
from services.registry.bulk.domain import BY_NAME
from services.registry.organisations.models import Organisation

Pair = tuple[Line, Organisation]
_IDENTITY = ("kind", "legal_tier", "uscc", "filing_number", "street_code", "name_key")
_TABLE = Organisation.__table__.c


class Same(NamedTuple):
    """A registered organisation, as far as identity goes."""

    id: str
    status: str
    kind: str
    legal_tier: str
    uscc: str | None
    filing_number: str | None
    street_code: str | None
    name_key: str


_TEXTS = ARRAY(String)
_HERE: Select[Any] = select(*(_TABLE[name] for name in Same._fields)).where(
    _TABLE["district_code"] == bindparam("district_code")
)
_BY_CODE = _HERE.where(_TABLE["uscc"] == func.any(bindparam("codes", type_=_TEXTS)))
_BY_NAME = _HERE.where(_TABLE["name_key"] == func.any(bindparam("names", type_=_TEXTS)))
_NUMBERS = (
    func.unnest(bindparam("streets", type_=_TEXTS), bindparam("numbers", type_=_TEXTS))
    .table_valued("street", "number", name="asked")
    .render_derived()
)
_BY_NUMBER = _HERE.join(
    _NUMBERS, (_TABLE["street_code"] == _NUMBERS.c.street) & (_TABLE["filing_number"] == _NUMBERS.c.number)
)


class Keys(NamedTuple):
    """Whoever shares one of these is the same organisation: code; number in the street; name in the street."""

    uscc: str | None
    filing: tuple[str | None, str] | None
    name: tuple[str | None, str] | None


def keys_of(row: Organisation | Same) -> Keys:
    """A closed organisation's name is free again; its code and filing number are not."""
    filing = (row.street_code, row.filing_number) if row.filing_number else None
    return Keys(row.uscc, filing, (row.street_code, row.name_key) if row.status == "active" else None)


def mark_repeated(pairs: Iterable[Pair]) -> Iterator[Pair]:
    """Pairs whose organisation is not in an earlier line; the others get a flaw."""
    seen: dict[Any, int] = {}
    for line, row in pairs:
        keys = [key for key in enumerate(keys_of(row)) if key[1] is not None]
        earlier = min((seen[key] for key in keys if key in seen), default=None)
        if earlier is not None:
            line.flaws.append(Flaw.of(BulkCode.ROW_REPEATED, more=str(earlier)))
            continue
        seen.update(dict.fromkeys(keys, line.number))
        yield line, row


def mark_known(session: Session, pairs: Sequence[Pair], district_code: str) -> list[Pair]:
    """Pairs that are new; of the others, those that are the very same are ``known``, the rest get a flaw."""
    by_key: dict[Any, Same] = {}
    for same in _registered(session, [row for _, row in pairs], district_code):
        by_key.update({key: same for key in enumerate(keys_of(same)) if key[1] is not None})
    fresh = []
    for line, row in pairs:
        found = [by_key[key] for key in enumerate(keys_of(row)) if key[1] is not None and key in by_key]
        if not found:
            fresh.append((line, row))
        elif all(getattr(same, name) == getattr(row, name) for same in found for name in _IDENTITY):
            line.outcome, line.made_id = "known", found[0].id
        else:
            line.flaws.append(Flaw.of(RegistryCode.ORGANISATION_DUPLICATE, _column(row, found[0])))
    return fresh


def _column(row: Organisation, same: Same) -> Any:
    if row.uscc and row.uscc == same.uscc:
        return BY_NAME["uscc"]
    both = row.filing_number and row.filing_number == same.filing_number
    return BY_NAME["filing_number" if both else "name"]


def _registered(session: Session, rows: Sequence[Organisation], district_code: str) -> Iterator[Same]:
    """One statement per key, each by its index. Arrays: a list of pairs would be compared pair by pair."""
    numbers = [row for row in rows if row.filing_number and row.street_code]
    asked: list[tuple[Select[Any], dict[str, Any]]] = [
        (_BY_CODE, {"codes": [row.uscc for row in rows if row.uscc]}),
        (
            _BY_NUMBER,
            {
                "streets": [row.street_code for row in numbers],
                "numbers": [row.filing_number for row in numbers],
            },
        ),
        (_BY_NAME, {"names": [row.name_key for row in rows]}),
    ]
    for statement, values in asked:
        if all(values.values()):
            for found in session.connection().execute(statement, {"district_code": district_code, **values}):
                yield Same(*found)
