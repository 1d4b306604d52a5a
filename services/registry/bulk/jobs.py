"""Imports and exports, in the job process."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, outbox
from chassis.actor import Actor
from chassis.runtime.jobrunner import JobRun
from chassis.sheets import report, work, writing
from chassis.sheets.cells import Line
from chassis.sheets.columns import MEDIA_TYPES, form_of
from chassis.sheets.report import Wording
from contracts.registry.codes_bulk import BulkCode
from contracts.registry.events_bulk import OrganisationsExported, OrganisationsImported
from contracts.registry.sheets import COLUMNS, ID_HEADING
from services.registry import scope
from services.registry.bulk import checking, duplicates, queries
from services.registry.bulk.duplicates import Pair
from services.registry.organisations import actions as organisations

CHUNK = 1000
_REASON = "批量导入"
WORDING = Wording(
    outcomes={"valid": "可导入", "registered": "已登记", "known": "已存在", "refused": "未通过"},
    known=BulkCode.ROW_KNOWN,
    id_heading=ID_HEADING,
)


class _RefusedError(Exception):
    """Leaves the transaction of an all-or-nothing import without a trace."""


def import_organisations(
    run: JobRun, *, sha256: str, media_type: str, mode: str, actor: dict[str, Any]
) -> dict[str, Any]:
    """``{mode, rows, valid, registered, known, refused, codes, report}``; ``report`` is a file of the store.

    Run again (its process died): rows that an earlier attempt had committed come out as ``known``.
    """
    acting = work.actor_of(actor)
    lines = work.read(run, sha256=sha256, media_type=media_type, columns=COLUMNS)
    run.progress(0, len(lines))
    with work.acting_as(run, acting) as session:
        now = clock.now(session, run.district_code)
        pairs = _check(session, lines, acting, now)
    if mode == "valid_rows":
        _store_valid(run, acting, now, pairs, lines)
    elif mode == "all_or_nothing" and not any(line.flaws for line in lines):
        _store_all(run, acting, now, pairs, lines)
    made = report.summary(lines, mode, WORDING)
    content = report.write(lines, form=form_of(media_type), wording=WORDING)
    made["report"] = work.keep(run, acting, content, media_type)
    if made["registered"]:
        _tell(run, acting, made, sha256)
    run.progress(len(lines), len(lines))
    return made


def export_organisations(run: JobRun, *, form: str, filters: dict[str, Any], actor: dict[str, Any]) -> dict[str, Any]:
    """``{rows, file}``; ``file`` is in the store."""
    acting = work.actor_of(actor)
    with work.acting_as(run, acting) as session:
        total = queries.count_exported(session, actor=acting, filters=filters)
        work.check_exported(total)
        run.progress(0, total)
        rows = list(work.counted(run, queries.export_rows(session, actor=acting, filters=filters), total))
    content = writing.write(rows, form=form, headings=[[each.zh for each in COLUMNS]])
    about = work.keep(run, acting, content, MEDIA_TYPES[form])
    with work.acting_as(run, acting) as session:
        told = {"file_sha256": about["sha256"], "rows": len(rows), "account_id": acting.account_id}
        streets = list(acting.street_codes)
        outbox.record(session, OrganisationsExported(job_id=run.job_id, street_codes=streets, **told))
    return {"rows": len(rows), "file": about}


def _check(session: Session, lines: Sequence[Line], actor: Actor, now: datetime) -> list[Pair]:
    """Lines that would be registered, with their drafts; every other line has an outcome or a flaw."""
    known = checking.look_up(session, actor, clock.day_of(now))
    drafts = ((line, checking.draft(line, actor=actor, now=now, known=known)) for line in lines)
    pairs = list(duplicates.mark_repeated((line, row) for line, row in drafts if row is not None))
    return [
        pair for part in work.parts(pairs, CHUNK) for pair in duplicates.mark_known(session, part, actor.district_code)
    ]


def _store_all(run: JobRun, actor: Actor, now: datetime, pairs: Sequence[Pair], lines: Sequence[Line]) -> None:
    """One transaction; somebody who registered one of them meanwhile makes it nothing."""
    done = len(lines) - len(pairs)
    try:
        with work.acting_as(run, actor) as session:
            scope.hold(session, organisations.whole(actor.district_code))
            for part in work.parts(pairs, CHUNK):
                fresh = duplicates.mark_known(session, part, actor.district_code)
                if any(line.flaws for line, _ in part):
                    raise _RefusedError
                _store(session, actor, now, fresh)
                done += len(part)
                run.progress(done, len(lines))
    except _RefusedError:
        for line, _ in pairs:
            if line.outcome == "registered":
                line.outcome, line.made_id = "", None


def _store_valid(run: JobRun, actor: Actor, now: datetime, pairs: Sequence[Pair], lines: Sequence[Line]) -> None:
    """A transaction per part, so that others wait no longer than that."""
    done = len(lines) - len(pairs)
    for part in work.parts(pairs, CHUNK):
        with work.acting_as(run, actor) as session:
            scope.hold(session, organisations.whole(actor.district_code))
            _store(session, actor, now, duplicates.mark_known(session, part, actor.district_code))
        done += len(part)
        run.progress(done, len(lines))


def _store(session: Session, actor: Actor, now: datetime, pairs: Sequence[Pair]) -> None:
    rows = [row for _, row in pairs]
    organisations.create_many(session, actor=actor, now=now, reason=_REASON, rows=rows)
    for line, row in pairs:
        line.outcome, line.made_id = "registered", row.id


def _tell(run: JobRun, actor: Actor, made: dict[str, Any], sha256: str) -> None:
    counts: dict[str, Any] = {name: made[name] for name in ("mode", "rows", "registered", "known", "refused")}
    with work.acting_as(run, actor) as session:
        about: dict[str, Any] = {
            "file_sha256": sha256,
            "account_id": actor.account_id,
            "street_codes": list(actor.street_codes),
        }
        outbox.record(session, OrganisationsImported(job_id=run.job_id, **about, **counts))
