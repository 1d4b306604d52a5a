"""Lines as what an operation asks for: cells by their shape, organisations by name, then the schema of a single one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, ids
from chassis.actor import Actor
from chassis.codes import Code
from chassis.sheets import cells as sheet_cells
from chassis.sheets import loading
from chassis.sheets.cells import Flaw, Line
from chassis.sheets.codes import SheetCode
from chassis.sheets.columns import Column
from contracts.resources.codes_bulk import SupplySheetCode
from services.resources.bulk import domain
from services.resources.bulk.lists import Listed
from services.resources.known import domain as parties
from services.resources.known.models import KnownOrganisation

_HINTS = {
    "title": "1–120 个字",
    "amount": "人民币元，最多两位小数，如 30000.00",
    "due_on": "日期，如 2026-12-31",
    "expires_on": "日期，如 2026-12-31",
    "windows": "如 2026-12-01 09:00-11:00；2026-12-02 14:00-16:00",
    "times": "如 周一 09:00-11:00",
    "availability": "如 周一 09:00-11:00",
    "batches": "如 A1 30 2027-01-31；A2 10",
    "qualifications": "如 培训 急救 2027-01-31",
    "street_code": "9 位代码",
    "community_code": "12 位代码",
}
_NAMES = ("organisation", "organisations")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A line that the operation's schema takes, and the digest by which the same line is found again.

    ``facts``: what its cells say, not what the schema makes of them: that is several times as much, of every line.
    """

    line: Line
    facts: dict[str, Any]
    digest: str


def read_all(session: Session, lines: Sequence[Line], *, actor: Actor, listed: Listed) -> list[Asked]:
    """Lines without a flaw; the others have theirs. A line that says the same as an earlier one is one of those."""
    texts = {line.number: sheet_cells.read_cells(line, listed.columns) for line in lines}
    known = _organisations(session, actor, _named(texts.values(), listed))
    found: list[Asked] = []
    seen: dict[str, int] = {}
    for line in lines:
        line.cells.clear()
        facts = _facts(line, texts.pop(line.number), known, listed)
        loading.load(listed.schema, line, facts, columns=listed.by_name, hints=_HINTS)
        if line.flaws:
            continue
        mark = _digest(facts, actor)
        if mark in seen:
            line.flaws.append(Flaw.of(SupplySheetCode.ROW_REPEATED, more=str(seen[mark])))
            continue
        seen[mark] = line.number
        found.append(Asked(line=line, facts=facts, digest=mark))
    return found


def _digest(facts: Mapping[str, Any], actor: Actor) -> str:
    return domain.digest(
        facts,
        organisation_id=facts.get("organisation_id") or actor.organisation_id,
        street_code=parties.home_street(actor, facts.get("street_code")),
    )


def _named(rows: Iterable[Mapping[str, str]], listed: Listed) -> set[str]:
    """Every name of an organisation in the sheet."""
    columns = [column.name for column in listed.columns if column.shape in _NAMES]
    texts = (row[name] for row in rows for name in columns if name in row)
    return {word for text in texts for word in (text.strip(), *domain.split_words(text)) if not ids.is_id("org", word)}


def _organisations(session: Session, actor: Actor, names: set[str]) -> dict[str, list[str]]:
    """Ids by name, of those in the actor's sight that were not merged into another."""
    found: dict[str, list[str]] = defaultdict(list)
    columns: list[Any] = [KnownOrganisation.name, KnownOrganisation.id]
    statement = select(*columns).where(KnownOrganisation.name.in_(names), KnownOrganisation.status != "merged")
    for name, organisation_id in session.execute(db.scoped(statement, KnownOrganisation, actor)):
        found[name].append(organisation_id)
    return found


def _facts(line: Line, texts: Mapping[str, str], known: Mapping[str, list[str]], listed: Listed) -> dict[str, Any]:
    """As the body of the operation; what a cell does not say is a flaw."""
    facts: dict[str, Any] = {}
    for name, text in texts.items():
        column = listed.by_name[name]
        try:
            facts[name] = _value(column, text, known, listed)
        except _UnclearError as error:
            line.flaws.append(Flaw.of(error.code, column))
        except ValueError:
            line.flaws.append(loading.invalid(column, hints=_HINTS))
    return domain.nested(facts)


class _UnclearError(Exception):
    """A word stands for nothing here, or for several things."""

    def __init__(self, code: Code) -> None:
        super().__init__(code.value)
        self.code = code


def _value(column: Column, text: str, known: Mapping[str, list[str]], listed: Listed) -> Any:
    if column.shape == "choice":
        code = sheet_cells.code_of(text, listed.choices[column.name])
        if code is None:
            raise _UnclearError(SheetCode.VALUE_UNKNOWN)
        return int(code) if code.isdecimal() else code
    if column.shape == "organisation":
        return _organisation(text.strip(), known)
    if column.shape == "organisations":
        whole = text.strip()
        words = [whole] if whole in known else domain.split_words(text)  # a name may hold a separator itself
        return [_organisation(word, known) for word in words]
    return domain.parse(column.shape, text)


def _organisation(word: str, known: Mapping[str, list[str]]) -> str:
    if ids.is_id("org", word):
        return word
    found = known.get(word, [])
    if len(found) > 1:
        raise _UnclearError(SupplySheetCode.ORGANISATION_UNCLEAR)
    if not found:
        raise _UnclearError(SheetCode.VALUE_UNKNOWN)
    return found[0]
