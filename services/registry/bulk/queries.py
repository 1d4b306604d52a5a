"""Reads of bulk work: the template, and the rows an export takes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db, paging
from chassis.actor import Actor
from chassis.sheets import writing
from contracts.registry.sheets import COLUMNS, KIND_TEXTS, STATUS_TEXTS, TIER_TEXTS
from services.registry import scope
from services.registry.bulk.domain import CHOICES
from services.registry.organisations import domain as rules
from services.registry.organisations import queries as organisations
from services.registry.organisations.models import Organisation
from services.registry.personal import mask_name, mask_phone
from services.registry.places.models import Place

_TABLE = Organisation.__table__.c
_TAKEN_OUT = ("id", *(column.name for column in COLUMNS if column.name != "organisation_id"))
_CHUNK = 2000


def get_import_template(*, form: str) -> dict[str, str]:
    """A small file, inside the reply."""
    content = writing.template(form, title="组织 Organisations", columns=COLUMNS, choices=CHOICES)
    return writing.inside(content, name="footprint-organisations", form=form)


def exported(actor: Actor, filters: dict[str, Any], *columns: Any) -> Select[Any]:
    """What the actor may see and asked for."""
    statement = scope.in_care(db.scoped(select(*columns), Organisation, actor), Organisation.id, actor)
    for name, value in filters.items():
        if name == "name":
            part = paging.literally(rules.name_key(value))
            statement = statement.where(Organisation.name_key.contains(part, escape="/"))
        else:
            statement = statement.where(_TABLE[name] == value)
    return statement


def count_exported(session: Session, *, actor: Actor, filters: dict[str, Any]) -> int:
    """How many rows the export will have."""
    return session.connection().execute(exported(actor, filters, func.count())).scalar_one() or 0


def export_rows(session: Session, *, actor: Actor, filters: dict[str, Any]) -> Iterator[list[str]]:
    """Newest first, by pages of ids; people masked, codes with their words."""
    words = _words(session, actor)
    statement = exported(actor, filters, *(_TABLE[name] for name in _TAKEN_OUT)).order_by(Organisation.id.desc())
    last: str | None = None
    while True:
        page = statement if last is None else statement.where(Organisation.id < last)
        rows = session.connection().execute(page.limit(_CHUNK)).all()
        for row in rows:
            yield _cells(dict(row._mapping), words)
        if len(rows) < _CHUNK:
            return
        last = rows[-1].id


def _words(session: Session, actor: Actor) -> dict[str, str]:
    """Names of places by code, and of fields by code."""
    rows = session.connection().execute(
        select(Place.code, Place.name).where(
            Place.district_code == actor.district_code, Place.level.in_(["street", "community"])
        )
    )
    fields = organisations.fields_of(session, actor.district_code)
    return {**{row.code: row.name for row in rows}, **{entry["code"]: entry["zh"] for entry in fields}}


def _cells(row: dict[str, Any], words: dict[str, str]) -> list[str]:
    shown = {
        **row,
        "organisation_id": row["id"],
        "kind": KIND_TEXTS[row["kind"]][0],
        "legal_tier": TIER_TEXTS[row["legal_tier"]][0],
        "status": STATUS_TEXTS[row["status"]][0],
        "fields": "、".join(words.get(code, code) for code in row["fields"]),
        "street_code": words.get(row["street_code"], row["street_code"]),
        "community_code": words.get(row["community_code"], row["community_code"]),
        "responsible_person": mask_name(row["responsible_person"]),
        "phone": mask_phone(row["phone"]),
    }
    return ["" if shown[column.name] is None else str(shown[column.name]) for column in COLUMNS]
