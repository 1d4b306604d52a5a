"""Imports and exports, in the job process."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, context, files, outbox
from chassis.actor import Actor
from chassis.errors import InvalidError, NotFoundError
from chassis.runtime.jobrunner import JobRun
from contracts.registry.codes_bulk import BulkCode
from contracts.registry.events_bulk import OrganisationsExported, OrganisationsImported
from contracts.registry.sheets import COLUMNS, MEDIA_TYPES
from services.registry import scope, settings
from services.registry.bulk import actions, checking, duplicates, queries, reading, report, writing
from services.registry.bulk.domain import Line
from services.registry.bulk.duplicates import Pair
from services.registry.bulk.packed import Limits
from services.registry.organisations import actions as organisations

CHUNK = 1000
_REASON = "批量导入"


class _RefusedError(Exception):
    """Leaves the transaction of an all-or-nothing import without a trace."""


def import_organisations(
    run: JobRun, *, sha256: str, media_type: str, mode: str, actor: dict[str, Any]
) -> dict[str, Any]:
    """``{mode, rows, valid, registered, known, refused, codes, report}``; ``report`` is a file of the store.

    Run again (its process died): rows that an earlier attempt had committed come out as ``known``.
    """
    acting = actions.actor_of(actor)
    lines = _read(sha256, media_type, run.district_code)
    run.progress(0, len(lines))
    with acting_as(run, acting) as session:
        now = clock.now(session, run.district_code)
        pairs = _check(session, lines, acting, now)
    if mode == "valid_rows":
        _store_valid(run, acting, now, pairs, lines)
    elif mode == "all_or_nothing" and not any(line.flaws for line in lines):
        _store_all(run, acting, now, pairs, lines)
    made = report.summary(lines, mode)
    content = report.write(lines, form=_form(media_type))
    made["report"] = files.write(files.open_store(), content, district=run.district_code, media_type=media_type)
    if made["registered"]:
        _tell(run, acting, made, sha256)
    run.progress(len(lines), len(lines))
    return made


def export_organisations(run: JobRun, *, form: str, filters: dict[str, Any], actor: dict[str, Any]) -> dict[str, Any]:
    """``{rows, file}``; ``file`` is in the store."""
    acting = actions.actor_of(actor)
    limit = settings.EXPORT_ROWS.get()
    with acting_as(run, acting) as session:
        total = queries.count_exported(session, actor=acting, filters=filters)
        if total > limit:
            raise InvalidError(BulkCode.EXPORT_TOO_MANY, rows=total, limit=limit)
        run.progress(0, total)
        rows = list(_counted(run, queries.export_rows(session, actor=acting, filters=filters), total))
    content = writing.write(rows, form=form, headings=[[each.zh for each in COLUMNS]])
    about = files.write(files.open_store(), content, district=run.district_code, media_type=MEDIA_TYPES[form])
    with acting_as(run, acting) as session:
        told = {"file_sha256": about["sha256"], "rows": len(rows), "account_id": acting.account_id}
        streets = list(acting.street_codes)
        outbox.record(session, OrganisationsExported(job_id=run.job_id, street_codes=streets, **told))
    return {"rows": len(rows), "file": about}


@contextmanager
def acting_as(run: JobRun, actor: Actor) -> Iterator[Session]:
    """A transaction of the job in which history and events name who asked for it."""
    with run.transaction() as session:
        context.bind(session, replace(context.of(session), actor=actor))
        yield session


def limits() -> Limits:
    """As configured."""
    return Limits(
        packed=settings.IMPORT_BYTES.get(),
        unpacked=settings.IMPORT_UNPACKED.get(),
        ratio=settings.IMPORT_RATIO.get(),
        rows=settings.IMPORT_ROWS.get(),
        columns=settings.IMPORT_COLUMNS.get(),
    )


def _read(sha256: str, media_type: str, district_code: str) -> list[Line]:
    bounds = limits()
    content = files.read(files.open_store(), district=district_code, sha256=sha256, limit=bounds.packed)
    if content is None:
        raise NotFoundError(BulkCode.FILE_NOT_FOUND, sha256=sha256)
    return reading.read_lines(content, media_type=media_type, limits=bounds)


def _check(session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> list[Pair]:
    """Lines that would be registered, with their drafts; every other line has an outcome or a flaw."""
    known = checking.look_up(session, actor, clock.day_of(now))
    drafts = ((line, checking.draft(line, actor=actor, now=now, known=known)) for line in lines)
    pairs = list(duplicates.mark_repeated((line, row) for line, row in drafts if row is not None))
    return [pair for part in _parts(pairs) for pair in duplicates.mark_known(session, part, actor.district_code)]


def _parts(pairs: Sequence[Pair]) -> Iterator[Sequence[Pair]]:
    return (pairs[at : at + CHUNK] for at in range(0, len(pairs), CHUNK))


def _store_all(run: JobRun, actor: Actor, now: datetime, pairs: Sequence[Pair], lines: Sequence[Line]) -> None:
    """One transaction; somebody who registered one of them meanwhile makes it nothing."""
    done = len(lines) - len(pairs)
    try:
        with acting_as(run, actor) as session:
            scope.hold(session, organisations.whole(actor.district_code))
            for part in _parts(pairs):
                fresh = duplicates.mark_known(session, part, actor.district_code)
                if any(line.flaws for line, _ in part):
                    raise _RefusedError
                _store(session, actor, now, fresh)
                done += len(part)
                run.progress(done, len(lines))
    except _RefusedError:
        for line, _ in pairs:
            if line.outcome == "registered":
                line.outcome, line.organisation_id = "", None


def _store_valid(run: JobRun, actor: Actor, now: datetime, pairs: Sequence[Pair], lines: Sequence[Line]) -> None:
    """A transaction per part, so that others wait no longer than that."""
    done = len(lines) - len(pairs)
    for part in _parts(pairs):
        with acting_as(run, actor) as session:
            scope.hold(session, organisations.whole(actor.district_code))
            _store(session, actor, now, duplicates.mark_known(session, part, actor.district_code))
        done += len(part)
        run.progress(done, len(lines))


def _store(session: Session, actor: Actor, now: datetime, pairs: Sequence[Pair]) -> None:
    rows = [row for _, row in pairs]
    organisations.create_many(session, actor=actor, now=now, reason=_REASON, rows=rows)
    for line, row in pairs:
        line.outcome, line.organisation_id = "registered", row.id


def _tell(run: JobRun, actor: Actor, made: dict[str, Any], sha256: str) -> None:
    counts: dict[str, Any] = {name: made[name] for name in ("mode", "rows", "registered", "known", "refused")}
    with acting_as(run, actor) as session:
        about: dict[str, Any] = {
            "file_sha256": sha256,
            "account_id": actor.account_id,
            "street_codes": list(actor.street_codes),
        }
        outbox.record(session, OrganisationsImported(job_id=run.job_id, **about, **counts))


def _form(media_type: str) -> str:
    return next(form for form, each in MEDIA_TYPES.items() if each == media_type)


def _counted(run: JobRun, rows: Iterator[list[str]], total: int) -> Iterator[list[str]]:
    for number, row in enumerate(rows, 1):
        if number % 5000 == 0:
            run.progress(number, total)
        yield row
