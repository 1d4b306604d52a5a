"""Reads of sheets: the template, rows that are there already, and the rows an export takes out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.fields import Instant
from chassis.sheets import writing
from services.resources.bulk import domain
from services.resources.bulk.lists import LISTS, OFFERS, Listed
from services.resources.bulk.models import ImportedRow
from services.resources.known.models import KnownOrganisation
from services.resources.needs import queries as needs
from services.resources.offers import queries as offers
from services.resources.stock.models import StockBatch
from services.resources.units.domain import shown

_CHUNK = 1000
RESIDENT = "居民 resident"  # in place of an organisation: no sheet takes it, residents ask one by one
_IDS = ("interested_organisation_ids", "earmarked_organisation_ids")


def get_template(*, name: str, form: str) -> dict[str, str]:
    """A small file, inside the reply."""
    listed = LISTS[name]
    content = writing.template(form, title=listed.title, columns=listed.columns, choices=listed.choices)
    return writing.inside(content, name=f"footprint-{name}", form=form)


def standing(session: Session, *, listed: Listed, district_code: str, digests: Collection[str]) -> dict[str, str]:
    """What became of rows with these digests, where it is not over yet: its id by digest."""
    made = getattr(ImportedRow, listed.id_name)
    statement = (
        select(ImportedRow.digest, made.label("made"))
        .join(listed.model, listed.model.id == made)
        .where(
            ImportedRow.district_code == district_code,
            ImportedRow.sheet == listed.name,
            ImportedRow.digest.in_(digests),
            listed.model.status.not_in(listed.over),
        )
    )
    return {row.digest: row.made for row in session.execute(statement)}


def exported(listed: Listed, actor: Actor, filters: Mapping[str, Any]) -> Select[Any]:
    """What the actor may see and asked for."""
    statement = offers.visible(actor) if listed is OFFERS else needs.visible(actor)
    for name, value in filters.items():
        column = "provider_organisation_id" if listed is OFFERS and name == "organisation_id" else name
        statement = statement.where(getattr(listed.model, column) == value)
    return statement


def count_exported(session: Session, *, listed: Listed, actor: Actor, filters: Mapping[str, Any]) -> int:
    """How many rows the export will have."""
    return session.scalar(select(func.count()).select_from(exported(listed, actor, filters).subquery())) or 0


def export_rows(session: Session, *, listed: Listed, actor: Actor, filters: Mapping[str, Any]) -> Iterator[list[str]]:
    """Newest first, by pages of ids; codes with their words."""
    statement = exported(listed, actor, filters).order_by(listed.model.id.desc()).limit(_CHUNK)
    last: str | None = None
    while True:
        page = session.scalars(statement if last is None else statement.where(listed.model.id < last)).all()
        names, parts = _names(session, page), _parts(session, page) if listed is OFFERS else {}
        for row in page:
            yield _cells(row, listed, names, parts.get(row.id, []))
        if len(page) < _CHUNK:
            return
        last = page[-1].id


def _names(session: Session, page: Sequence[Any]) -> dict[str, str]:
    """Of the organisations that the rows name; a name with a separator in it would not be read again."""
    wanted = {_owner(row) for row in page} | {one for row in page for name in _IDS for one in getattr(row, name, [])}
    wanted.discard(RESIDENT)
    columns: list[Any] = [KnownOrganisation.id, KnownOrganisation.name]
    rows = session.execute(select(*columns).where(KnownOrganisation.id.in_(wanted)))
    return {row_id: name for row_id, name in rows if domain.split_words(name) == [name]}


def _parts(session: Session, page: Sequence[Any]) -> dict[str, list[StockBatch]]:
    """Batches by offer."""
    found: dict[str, list[StockBatch]] = defaultdict(list)
    asked = select(StockBatch).where(StockBatch.offer_id.in_([row.id for row in page])).order_by(StockBatch.id)
    for batch in session.scalars(asked):
        found[batch.offer_id].append(batch)
    return found


def _owner(row: Any) -> str:
    owner: str | None = getattr(row, "provider_organisation_id", None) or row.organisation_id
    return owner or RESIDENT


def _cells(row: Any, listed: Listed, names: Mapping[str, str], parts: Sequence[StockBatch]) -> list[str]:
    facts = {column.key: getattr(row, column.key) for column in listed.model.__table__.columns}
    facts |= {
        listed.id_name: row.id,
        "organisation_id": names.get(_owner(row), _owner(row)),
        "base_unit": row.unit,
        "status": listed.statuses[row.status][0],
        **_measured(row, parts),
    }
    for name in _IDS:
        facts[name] = [names.get(one, one) for one in facts.get(name, [])]
    if "windows" in facts:
        instants, edge = offers.windows_of(row.windows), Instant()
        facts["windows"] = [{name: edge.serialize(name, one) for name in one} for one in instants]
    return [_cell(column.name, column.shape, facts, listed) for column in listed.columns]


def _cell(name: str, shape: str, facts: Mapping[str, Any], listed: Listed) -> str:
    outer, _, inner = name.partition("_")
    value = facts[outer].get(inner) if outer in domain.NESTED else facts[name]
    if shape == "choice":
        return listed.choices[name][str(value)][0]
    return domain.show(shape, value)


def _measured(row: Any, parts: Sequence[StockBatch]) -> dict[str, Any]:
    """Quantities as they were written down: in boxes, kilograms, yuan; each kind in its own column."""
    size = Fraction(row.entered.get("size", 1))
    count = shown(row.quantity, size)
    told: dict[str, Any] = dict.fromkeys(("amount", "quantity", "unit", "hours", "lot_size", "minimum_lot"))
    if row.kind == "funds":
        told["amount"] = shown(row.quantity, Fraction(100))
    elif row.kind == "volunteers":
        told["hours"] = count
    elif row.kind != "venue" or not hasattr(row, "windows"):
        told |= {"quantity": count, "unit": row.entered.get("unit", row.unit)}
    for name in ("lot_size", "minimum_lot"):
        if getattr(row, name, 1) != 1:
            told[name] = shown(getattr(row, name), size)
    told["batches"] = [
        {"label": one.label, "quantity": shown(one.quantity, size), "expires_on": one.expires_on} for one in parts
    ]
    return told
