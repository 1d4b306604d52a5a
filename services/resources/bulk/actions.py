"""Sheets are queued here and read or made by jobs.py in the job process."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.sheets import work


def import_sheet(session: Session, *, actor: Actor, name: str, file: dict[str, Any], mode: str) -> dict[str, Any]:
    """Queue the import of ``name`` (``offers``, ``needs``); answers the job's view."""
    return work.ask_import(session, f"import_{name}", actor=actor, file=file, mode=mode)


def export_sheet(session: Session, *, actor: Actor, name: str, form: str, filters: dict[str, Any]) -> dict[str, Any]:
    """Queue the export; answers the job's view."""
    return work.ask_export(session, f"export_{name}", actor=actor, form=form, filters=filters)
