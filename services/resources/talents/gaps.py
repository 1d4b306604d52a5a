"""Norms, residents, and how far each place is from what the norms ask for."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import db, ids, outbox
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.resources.codes_talents import TalentCode
from contracts.resources.events_talents import CellResidentsSet, TalentNormPublished
from contracts.resources.talent_gaps import CellResidentsView, TalentNormView
from services.resources.grid import domain as grid
from services.resources.grid.models import KnownGridCell
from services.resources.grid.queries import cells_of
from services.resources.list_rules.queries import number
from services.resources.talents import actions, domain
from services.resources.talents.models import CellResidents, Talent, TalentNorm

_NORM, _RESIDENTS = TalentNormView(), CellResidentsView()
WIDTH = {"cell": 15, "community": 12, "street": 9}


def publish_talent_norm(
    session: Session, *, actor: Actor, now: datetime, skill: str, basis: str, people: int, residents: int
) -> dict[str, Any]:
    """The next version of the skill's norm."""
    db.check_street(actor, None)
    actions.check_skills(session, actor.district_code, [skill])
    key = f"talent_norm:{actor.district_code}:{skill}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    said: dict[str, Any] = {"basis": basis, "people": people, "residents": residents}
    before = _current(session, actor.district_code).get(skill)
    if before is not None and said == {name: getattr(before, name) for name in said}:
        raise ConflictError(TalentCode.NORM_UNCHANGED)
    if before is not None:
        before.is_current = False
        session.flush()
    row = TalentNorm(
        district_code=actor.district_code,
        skill=skill,
        number=before.number + 1 if before is not None else 1,
        is_current=True,
        published_at=now,
        **said,
    )
    session.add(row)
    session.flush()
    outbox.record(session, TalentNormPublished(talent_norm_id=row.id, skill=skill, number=row.number, **said))
    return _NORM.dump(row)  # type: ignore[no-any-return]


def _current(session: Session, district_code: str) -> dict[str, TalentNorm]:
    rows = session.scalars(select(TalentNorm).where(TalentNorm.district_code == district_code, TalentNorm.is_current))
    return {row.skill: row for row in rows}


def get_talent_norm(session: Session, *, actor: Actor, talent_norm_id: str) -> dict[str, Any]:
    mine = (TalentNorm.id == talent_norm_id, TalentNorm.district_code == actor.district_code)
    row = session.scalars(select(TalentNorm).where(*mine)).one_or_none()
    if row is None:
        raise NotFoundError(TalentCode.NOT_FOUND)
    return _NORM.dump(row)  # type: ignore[no-any-return]


def list_talent_norms(
    session: Session,
    *,
    actor: Actor,
    skill: str | None = None,
    current: bool | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    statement = select(TalentNorm).where(TalentNorm.district_code == actor.district_code)
    if skill is not None:
        statement = statement.where(TalentNorm.skill == skill)
    if current is not None:
        statement = statement.where(TalentNorm.is_current.is_(current))
    return db.page(session, statement, by=TalentNorm.id, render=_NORM.dump, cursor=cursor, limit=limit)


def set_cell_residents(
    session: Session, *, actor: Actor, cell_code: str, residents: int, as_of: date
) -> dict[str, Any]:
    """Of a cell of the own street."""
    street = cell_code[:9]
    db.check_street(actor, street)
    grid.check_place(street, cell_code[:12], cell_code)
    values = {"district_code": actor.district_code, "street_code": street, "cell_code": cell_code}
    facts = {"residents": residents, "as_of": as_of}
    made = insert(CellResidents).values({"id": ids.new_id("clr"), **values, **facts})
    kept = made.on_conflict_do_update(index_elements=["district_code", "cell_code"], set_=facts)
    cell_id = session.execute(kept.returning(CellResidents.id)).scalar_one()
    told: dict[str, Any] = {"cell_code": cell_code, "residents": residents, "as_of": as_of.isoformat()}
    outbox.record(session, CellResidentsSet(cell_id=cell_id, street_codes=[street], **told))
    shown: dict[str, Any] = _RESIDENTS.dump({"id": cell_id, **values, **facts})
    return shown


def list_cell_residents(
    session: Session,
    *,
    actor: Actor,
    street_code: str | None = None,
    community_code: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    statement = db.scoped(select(CellResidents), CellResidents, actor)
    if street_code is not None:
        statement = statement.where(CellResidents.street_code == street_code)
    if community_code is not None:
        statement = statement.where(CellResidents.cell_code.startswith(community_code, autoescape=True))
    return db.page(session, statement, by=CellResidents.id, render=_RESIDENTS.dump, cursor=cursor, limit=limit)


def list_talent_gaps(
    session: Session,
    *,
    actor: Actor,
    street_code: str,
    level: str,
    skill: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """By place and skill, in that order; four statements, whatever the street's size."""
    norms = _current(session, actor.district_code)
    wanted = {name: norm for name, norm in norms.items() if skill in (None, name)}
    cells = cells_of(session, actor, street_code=street_code)
    have, living = _have(session, actor, street_code), _living(session, actor, street_code)
    rows = _lines(cells, wanted, have, living, WIDTH[level])
    return _page(rows, lambda row: f"{row['place_code']}.{row['skill']}", cursor, limit)


def _lines(
    cells: Sequence[KnownGridCell],
    norms: Mapping[str, TalentNorm],
    have: Mapping[tuple[str, str], int],
    living: Mapping[str, int],
    width: int,
) -> list[dict[str, Any]]:
    groups: dict[str, list[str]] = {}
    for cell in cells:
        groups.setdefault(cell.code[:width], []).append(cell.code)
    return [
        _line(place, codes, norms[skill], have, living) for place, codes in groups.items() for skill in sorted(norms)
    ]


def _line(
    place: str, codes: Sequence[str], norm: TalentNorm, have: Mapping[tuple[str, str], int], living: Mapping[str, int]
) -> dict[str, Any]:
    rule: dict[str, Any] = {"basis": norm.basis, "people": norm.people, "residents": norm.residents}
    known = [living.get(code) for code in codes]
    people = None if None in known else sum(one for one in known if one is not None)
    count = sum(have.get((code, norm.skill), 0) for code in codes)
    need = domain.required(**rule, living=people, cells=len(codes))
    short = [
        domain.short(have.get((code, norm.skill), 0), domain.required(**rule, living=living.get(code), cells=1))
        for code in codes
    ]
    return {
        "place_code": place,
        "skill": norm.skill,
        "residents": people,
        "have": count,
        "need": need,
        "gap": domain.short(count, need),
        "cells": len(codes),
        "cells_short": sum(1 for one in short if one),
    }


def _have(session: Session, actor: Actor, street_code: str) -> dict[tuple[str, str], int]:
    """Active people by cell and skill."""
    held = func.jsonb_array_elements(Talent.skills).table_valued("value", name="held").render_derived()
    word = held.c.value.op("->>")("skill").cast(Text)
    rows = session.execute(
        select(Talent.cell_code, word, func.count())
        .select_from(Talent)
        .join(held, Talent.id.is_not(None))
        .where(
            Talent.district_code == actor.district_code,
            Talent.street_code == street_code,
            Talent.status == domain.ACTIVE,
            Talent.cell_code.is_not(None),
        )
        .group_by(Talent.cell_code, word)
    )
    return {(str(cell), str(skill)): int(count) for cell, skill, count in rows}


def _living(session: Session, actor: Actor, street_code: str) -> dict[str, int]:
    rows = session.execute(
        select(CellResidents.cell_code, CellResidents.residents).where(
            CellResidents.district_code == actor.district_code, CellResidents.street_code == street_code
        )
    )
    return dict(rows.all())


def export_talent_map(
    session: Session,
    *,
    actor: Actor,
    street_code: str,
    skill: str,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """What is hidden is found over the whole street, then the page is cut: pages put together show no more."""
    cells = cells_of(session, actor, street_code=street_code)
    norm = _current(session, actor.district_code).get(skill)
    have, living = _have(session, actor, street_code), _living(session, actor, street_code)
    least = number(session, actor.district_code, "map_least_count")
    counts = {cell.code: have.get((cell.code, skill), 0) for cell in cells}
    away = domain.hidden(counts, least=least)
    features = []
    for cell in cells:
        line = _line(cell.code, [cell.code], norm, have, living) if norm is not None else {"need": None, "gap": None}
        hide = cell.code in away
        about = {"code": cell.code, "name": cell.name, "community_code": cell.community_code, "skill": skill}
        shown = {"have": None if hide else counts[cell.code], "need": line["need"], "hidden": hide}
        properties = {**about, **shown, "gap": None if hide else line["gap"]}
        features.append({"type": "Feature", "id": cell.code, "geometry": _geometry(cell), "properties": properties})
    page = _page(features, lambda one: str(one["id"]), cursor, limit)
    about_map = {"least_count": least, "next_cursor": page["next_cursor"]}
    return {"type": "FeatureCollection", "features": page["items"], **about_map}


def _geometry(cell: KnownGridCell) -> Any:
    if cell.boundary:
        return json.loads(cell.boundary)
    if cell.longitude_e6 is None or cell.latitude_e6 is None:
        return None
    return {"type": "Point", "coordinates": [cell.longitude_e6 / 1e6, cell.latitude_e6 / 1e6]}


def _page(rows: Sequence[dict[str, Any]], key: Any, cursor: str | None, limit: int | None) -> dict[str, Any]:
    """Rows are in the order of their keys."""
    size = min(max(limit or 50, 1), db.MAX_PAGE)
    after = _opened(cursor) if cursor is not None else ""
    left = sorted((row for row in rows if key(row) > after), key=key)
    last = key(left[size - 1]) if len(left) > size else None
    return {"items": left[:size], "next_cursor": _closed(last) if last is not None else None}


def _closed(key: str) -> str:
    return base64.urlsafe_b64encode(key.encode()).decode().rstrip("=")


def _opened(cursor: str) -> str:
    try:
        return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError) as error:
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error
