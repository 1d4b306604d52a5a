"""Keys that another service says became other keys: a street that was merged, an organisation that was absorbed.

A service keeps them in a table of its own (:class:`Redirect` mixed into its base). Whoever acts for a key that
became another acts for what it is today; rows written under the old key are seen under the new one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, String, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from chassis import chains, db
from chassis.actor import Actor

ORGANISATION = "organisation"
STREET = "street"


class Redirect:
    """``source`` became ``target`` while ``active``; ``key`` is the aggregate whose events say so, in order."""

    district_code: Mapped[str] = mapped_column(String(6), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    source: Mapped[str] = mapped_column(String(60))
    target: Mapped[str | None] = mapped_column(String(60))
    active: Mapped[bool] = mapped_column(Boolean)
    subject_version: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


def note(session: Session, model: Any, *, version: int, **said: Any) -> bool:
    """Keep what an event said, the columns of :class:`Redirect` but ``subject_version``.

    ``False``: something newer is known already.
    """
    values = {**said, "subject_version": version}
    statement = insert(model).values(values)
    changed = {name: value for name, value in values.items() if name not in ("district_code", "kind", "key")}
    kept = statement.on_conflict_do_update(
        index_elements=["district_code", "kind", "key"], set_=changed, where=model.subject_version < version
    ).returning(model.key)
    return session.execute(kept).scalar_one_or_none() is not None


def lock(session: Session, district_code: str) -> None:
    """Until commit nobody else follows a redirect of the district."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"redirects:{district_code}", 0))))


def active(session: Session, model: Any, district_code: str, kind: str) -> dict[str, str]:
    """``{source: target}`` in force; of two for one source the later aggregate's."""
    return _all(session, model, district_code).get(kind, {})


def _all(session: Session, model: Any, district_code: str) -> dict[str, dict[str, str]]:
    """A read asks once: whoever acts was widened with the same rows. A write asks again, it may have waited since."""
    if not session.info.get(db.READS_ONLY):
        return _ask(session, model, district_code)
    known: dict[str, dict[str, dict[str, str]]] = session.info.setdefault("redirects", {})
    if district_code not in known:
        known[district_code] = _ask(session, model, district_code)
    return known[district_code]


def _ask(session: Session, model: Any, district_code: str) -> dict[str, dict[str, str]]:
    table = model.__table__.c
    statement = (
        select(table.kind, table.source, table.target)
        .where(table.district_code == district_code, table.active, table.target.is_not(None))
        .order_by(table.key)
    )
    found: dict[str, dict[str, str]] = {}
    for kind, source, target in session.connection().execute(statement):
        found.setdefault(kind, {})[source] = target
    return found


def widen(session: Session, actor: Actor, model: Any) -> Actor:
    """Streets: own codes, what they became and what became them. Organisation: what it is today.

    A token says for ten minutes what was true when it was issued; a street gateway narrows it to one code.
    """
    if not actor.street_codes and actor.organisation_id is None:
        return actor
    known = _all(session, model, actor.district_code)
    return widened(actor, streets=known.get(STREET, {}), organisations=known.get(ORGANISATION, {}))


def widened(actor: Actor, *, streets: Mapping[str, str], organisations: Mapping[str, str]) -> Actor:
    """:func:`widen` with what is known."""
    changes: dict[str, Any] = {}
    if streets and actor.street_codes:
        changes["street_codes"] = chains.kin(actor.street_codes, streets)
    if organisations and actor.organisation_id is not None:
        changes["organisation_id"] = chains.last(actor.organisation_id, organisations)
    return replace(actor, **changes) if changes else actor
