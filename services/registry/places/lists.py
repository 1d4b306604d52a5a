"""The lists places are imported from: a district's own file with communities, else the national list of streets."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from chassis import ids
from chassis.errors import NotFoundError
from contracts.registry.codes_places import PlaceCode

DATA = Path(__file__).parent / "data"
NATIONAL = "streets-cn.csv.gz"
# The statistical codes in both files are those of this day (their "source"; data/README.md).
VALID_FROM = date(2023, 6, 30)


@dataclass(frozen=True, kw_only=True)
class PlaceList:
    """Rows of ``place``, the district first, and where they come from."""

    source: str
    rows: list[dict[str, Any]]

    def count(self, level: str) -> int:
        return sum(row["level"] == level for row in self.rows)


def of_district(district_code: str) -> PlaceList:
    """Raises :class:`NotFoundError` where neither the folder nor the national list knows the district."""
    path = DATA / f"places-{district_code}.json"
    if path.is_file():
        content = msgspec.json.decode(path.read_bytes())
        return PlaceList(source=path.name, rows=list(_full(content, district_code)))
    found = national().get(district_code)
    if found is None:
        raise NotFoundError(PlaceCode.LIST_MISSING, district_code=district_code)
    name, streets = found
    rows = [_row(district_code, district_code, name, "district", None, None)]
    rows += [_row(district_code, code, street, "street", district_code, code) for code, street in streets]
    return PlaceList(source=NATIONAL, rows=rows)


@cache
def national() -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """District code → its name and ``(code, name)`` of its streets and towns; 41 352 of them in the country."""
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    text = gzip.decompress((DATA / NATIONAL).read_bytes()).decode()
    for row in csv.DictReader(io.StringIO(text)):
        found.setdefault(row["district_code"], (row["district_name"], []))[1].append((row["code"], row["name"]))
    return found


def _full(content: dict[str, Any], district_code: str) -> Iterator[dict[str, Any]]:
    district = content["district"]
    name = district.get("alias") or district["name"]
    yield _row(district_code, district["code"], name, "district", None, None)
    for street in content["streets"]:
        code = street["code"]
        yield _row(district_code, code, street["name"], "street", district_code, code)
        for community in street["communities"]:
            yield _row(district_code, community["code"], community["name"], "community", code, code)


def _row(
    district_code: str, code: str, name: str, level: str, parent_code: str | None, street_code: str | None
) -> dict[str, Any]:
    return {
        "id": ids.new_id("plc"),
        "district_code": district_code,
        "street_code": street_code,
        "code": code,
        "name": name,
        "level": level,
        "parent_code": parent_code,
        "valid_from": VALID_FROM,
    }
