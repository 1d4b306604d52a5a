"""The job around a sheet: as whom it acts, the file it reads, the files it makes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from chassis import context, files, jobs
from chassis.actor import Actor
from chassis.errors import InvalidError, NotFoundError
from chassis.runtime.jobrunner import JobRun
from chassis.sheets import reading, settings
from chassis.sheets.cells import Line
from chassis.sheets.codes import SheetCode
from chassis.sheets.columns import MEDIA_TYPES, Column

T = TypeVar("T")


def ask_import(session: Session, name: str, *, actor: Actor, file: dict[str, Any], mode: str) -> dict[str, Any]:
    """Queue the import; answers the job's view. What is wrong with the file itself ends the job with its code."""
    if file["media_type"] not in MEDIA_TYPES.values():
        raise InvalidError(SheetCode.FORMAT_UNSUPPORTED, media_type=file["media_type"])
    asked = {"sha256": file["sha256"], "media_type": file["media_type"], "mode": mode}
    return jobs.enqueue(session, name, street_code=_home(actor), actor=kept(actor), **asked)


def ask_export(session: Session, name: str, *, actor: Actor, form: str, filters: dict[str, Any]) -> dict[str, Any]:
    """Queue the export; answers the job's view."""
    return jobs.enqueue(session, name, street_code=_home(actor), actor=kept(actor), form=form, filters=filters)


def _home(actor: Actor) -> str | None:
    return actor.street_codes[0] if len(actor.street_codes) == 1 else None


def kept(actor: Actor) -> dict[str, Any]:
    """As whom the job acts: ids, role and streets, as verified when it was asked for."""
    return {
        "account_id": actor.account_id,
        "role": actor.role,
        "district_code": actor.district_code,
        "street_codes": list(actor.street_codes),
        "organisation_id": actor.organisation_id,
        "on_behalf_of": actor.on_behalf_of,
        "session_id": actor.session_id,
    }


def actor_of(kept: dict[str, Any]) -> Actor:
    """The other way round."""
    return Actor(**{**kept, "street_codes": tuple(kept["street_codes"])})


@contextmanager
def acting_as(run: JobRun, actor: Actor) -> Iterator[Session]:
    """A transaction of the job in which history and events name who asked for it."""
    with run.transaction() as session:
        context.bind(session, replace(context.of(session), actor=actor))
        yield session


def read(run: JobRun, *, sha256: str, media_type: str, columns: Sequence[Column]) -> list[Line]:
    """The lines of a file of the store."""
    bounds = settings.limits()
    content = files.read(files.open_store(), district=run.district_code, sha256=sha256, limit=bounds.packed)
    if content is None:
        raise NotFoundError(SheetCode.FILE_NOT_FOUND, sha256=sha256)
    return reading.read_lines(content, media_type=media_type, limits=bounds, known=columns)


def keep(run: JobRun, actor: Actor, content: bytes, media_type: str) -> dict[str, Any]:
    """In the store, for whoever asked."""
    store, owner = files.open_store(), actor.account_id
    return files.write(store, content, district=run.district_code, media_type=media_type, owner=owner)


def check_exported(total: int) -> None:
    """No more than may go out."""
    limit = settings.EXPORT_ROWS.get()
    if total > limit:
        raise InvalidError(SheetCode.EXPORT_TOO_MANY, rows=total, limit=limit)


def counted(run: JobRun, rows: Iterator[T], total: int, *, every: int = 5000) -> Iterator[T]:
    """Tells whoever follows the job how far it is."""
    for number, row in enumerate(rows, 1):
        if number % every == 0:
            run.progress(number, total)
        yield row


def parts(rows: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """So many at a time."""
    return (rows[at : at + size] for at in range(0, len(rows), size))
