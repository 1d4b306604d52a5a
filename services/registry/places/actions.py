"""Import of places."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import ids
from services.registry.places.models import Place

DATA = Path(__file__).parent / "data"
# The statistical codes in the file are those of this day (its "source").
VALID_FROM = date(2023, 6, 30)


def import_places(session: Session, *, district_code: str) -> int:
    """The district's streets and communities from ``data/``; idempotent. Returns how many places the file has."""
    path = DATA / f"places-{district_code}.json"
    if not path.is_file():
        raise SystemExit(f"No places of district {district_code}: put {path.name} into {DATA}.")
    rows = list(_rows(msgspec.json.decode(path.read_bytes()), district_code))
    statement = insert(Place).values(rows)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["district_code", "code"], set_={"name": statement.excluded.name}
        )
    )
    return len(rows)


def _rows(content: dict[str, Any], district_code: str) -> Iterator[dict[str, Any]]:
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
