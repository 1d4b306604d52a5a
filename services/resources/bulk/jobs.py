"""Sheets of offers and needs, read and made in the job process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, ids, outbox
from chassis.actor import Actor
from chassis.errors import FootprintError
from chassis.runtime.jobrunner import JobRun
from chassis.sheets import report, work, writing
from chassis.sheets.cells import Flaw, Line
from chassis.sheets.columns import MEDIA_TYPES, form_of
from services.resources.bulk import checking, queries
from services.resources.bulk.checking import Asked
from services.resources.bulk.lists import LISTS, Listed
from services.resources.bulk.models import ImportedRow
from services.resources.drafting.lookups import Lookups

CHUNK = 200


class _UndoneError(Exception):
    """Leaves a transaction without a trace."""


class Import:
    """One import: whose it is, its list, its lines, and what the job tells of its progress."""

    def __init__(self, run: JobRun, listed: Listed, actor: Actor, lines: Sequence[Line]) -> None:
        self.run, self.listed, self.actor, self.lines = run, listed, actor, lines
        self._places = {line.number: place for place, line in enumerate(lines, 1)}

    def store(self, rows: Sequence[Asked]) -> None:
        """The good ones, a transaction per part, so that others wait no longer than that."""
        for part in work.parts(rows, CHUNK):
            with work.acting_as(self.run, self.actor) as session:
                self.draft(session, part)
            self.tell(part)

    def store_all(self, rows: Sequence[Asked]) -> None:
        """All of them in one transaction, or none; a refused one does not keep the others from being looked at."""
        try:
            with work.acting_as(self.run, self.actor) as session:
                for part in work.parts(rows, CHUNK):
                    self.draft(session, part)
                    self.tell(part)
                if any(line.flaws for line in self.lines):
                    raise _UndoneError
        except _UndoneError:
            undo(rows)

    def rehearse(self, rows: Sequence[Asked]) -> None:
        """What would become of them: the very drafts, taken back."""
        for part in work.parts(rows, CHUNK):
            try:
                with work.acting_as(self.run, self.actor) as session:
                    self.draft(session, part)
                    raise _UndoneError
            except _UndoneError:
                undo(part)
            self.tell(part)

    def draft(self, session: Session, part: Sequence[Asked]) -> None:
        """Each row is checked before any is stored, so a refused one leaves nothing of itself behind."""
        district, listed = self.actor.district_code, self.listed
        hold(session, f"bulk {listed.name} {district}")
        standing = queries.standing(
            session, listed=listed, district_code=district, digests=[row.digest for row in part]
        )
        now, known = clock.now(session, district), Lookups(session, self.actor)
        known.read_ahead(row.facts for row in part)
        made = []
        for row in part:
            if row.digest in standing:
                row.line.outcome, row.line.made_id = report.KNOWN, standing[row.digest]
            elif (draft := self._draft_one(known, row, now)) is not None:
                made.append((row, draft))
        if made:
            listed.store(session, [draft for _, draft in made])
            for row, draft in made:
                row.line.outcome, row.line.made_id = "drafted", draft.id
            about: dict[str, Any] = {"listed": listed, "district_code": district, "job_id": self.run.job_id}
            remember(session, [row for row, _ in made], **about)

    def _draft_one(self, known: Lookups, row: Asked, now: datetime) -> Any:
        try:
            return self.listed.draft(known, now=now, asked=self.listed.schema.load(row.facts))
        except FootprintError as error:
            column = self.listed.about(error.code, error.details)
            row.line.flaws.append(Flaw(column, error.code, error.zh, error.en))
            return None

    def tell(self, part: Sequence[Asked]) -> None:
        """To whoever follows the job: up to which line it is."""
        self.run.progress(self._places[part[-1].line.number], len(self.lines))


def import_sheet(
    run: JobRun, listed: Listed, *, sha256: str, media_type: str, mode: str, actor: dict[str, Any]
) -> dict[str, Any]:
    """``{mode, rows, valid, drafted, known, refused, codes, report}``; ``report`` is a file of the store.

    Run again (its process died): rows that an earlier attempt had committed come out as ``known``.
    """
    acting = work.actor_of(actor)
    lines = work.read(run, sha256=sha256, media_type=media_type, columns=listed.columns)
    run.progress(0, len(lines))
    with work.acting_as(run, acting) as session:
        rows = checking.read_all(session, lines, actor=acting, listed=listed)
    made = Import(run, listed, acting, lines)
    if mode == "valid_rows":
        made.store(rows)
    elif mode == "all_or_nothing" and len(rows) == len(lines):
        made.store_all(rows)
    else:
        made.rehearse(rows)
    told = report.summary(lines, mode, listed.wording)
    content = report.write(lines, form=form_of(media_type), wording=listed.wording)
    told["report"] = work.keep(run, acting, content, media_type)
    if told["drafted"]:
        counts: dict[str, Any] = {name: told[name] for name in ("mode", "rows", "drafted", "known", "refused")}
        _record(run, acting, listed.imported, file_sha256=sha256, **counts)
    run.progress(len(lines), len(lines))
    return told


def export_sheet(
    run: JobRun, listed: Listed, *, form: str, filters: dict[str, Any], actor: dict[str, Any]
) -> dict[str, Any]:
    """``{rows, file}``; ``file`` is in the store."""
    acting = work.actor_of(actor)
    with work.acting_as(run, acting) as session:
        total = queries.count_exported(session, listed=listed, actor=acting, filters=filters)
        work.check_exported(total)
        run.progress(0, total)
        found = queries.export_rows(session, listed=listed, actor=acting, filters=filters)
        rows = list(work.counted(run, found, total))
    content = writing.write(rows, form=form, headings=[[each.zh for each in listed.columns]])
    about = work.keep(run, acting, content, MEDIA_TYPES[form])
    _record(run, acting, listed.exported, file_sha256=about["sha256"], rows=len(rows))
    return {"rows": len(rows), "file": about}


def _record(run: JobRun, actor: Actor, event: type[Any], **facts: Any) -> None:
    with work.acting_as(run, actor) as session:
        whose: dict[str, Any] = {"account_id": actor.account_id, "street_codes": list(actor.street_codes)}
        outbox.record(session, event(job_id=run.job_id, **whose, **facts))


def undo(rows: Sequence[Asked]) -> None:
    """They were not stored: what would have been drafted is valid."""
    for row in rows:
        if row.line.outcome == "drafted":
            row.line.outcome, row.line.made_id = "", None


def hold(session: Session, name: str) -> None:
    """One import of a list at a time may look for its rows and write them."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def remember(session: Session, rows: Sequence[Asked], *, listed: Listed, district_code: str, job_id: str) -> None:
    """What they became, for whoever brings them again."""
    values = [
        {
            "id": ids.new_id("imr"),
            "district_code": district_code,
            "sheet": listed.name,
            "digest": row.digest,
            "offer_id": None,
            "need_id": None,
            listed.id_name: row.line.made_id,
            "job_id": job_id,
            "line": row.line.number,
        }
        for row in rows
    ]
    new = insert(ImportedRow)
    changed = {name: new.excluded[name] for name in ("offer_id", "need_id", "job_id", "line")}
    keys = ["district_code", "sheet", "digest"]
    again = new.on_conflict_do_update(index_elements=keys, set_=changed)
    session.connection().execute(again.returning(ImportedRow.id), values)  # RETURNING: many rows in one statement


def _bound(work_of: Callable[..., dict[str, Any]], listed: Listed) -> Callable[..., dict[str, Any]]:
    def done(run: JobRun, **payload: Any) -> dict[str, Any]:
        return work_of(run, listed, **payload)

    return done


JOBS: dict[str, Callable[..., dict[str, Any]]] = {
    f"{verb}_{name}": _bound(work_of, listed)
    for name, listed in LISTS.items()
    for verb, work_of in (("import", import_sheet), ("export", export_sheet))
}
