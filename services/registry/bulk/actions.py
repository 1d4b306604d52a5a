"""Bulk work is queued here and done by jobs.py in the job process."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.sheets import work

IMPORT, EXPORT = "import_organisations", "export_organisations"


def import_organisations(session: Session, *, actor: Actor, file: dict[str, Any], mode: str) -> dict[str, Any]:
    """Queue the import; answers the job's view."""
    return work.ask_import(session, IMPORT, actor=actor, file=file, mode=mode)


def export_organisations(session: Session, *, actor: Actor, format: str, **filters: Any) -> dict[str, Any]:  # noqa: A002  the field's name
    """Queue the export; answers the job's view."""
    return work.ask_export(session, EXPORT, actor=actor, form=format, filters=filters)
