"""Bulk work is queued here and done by jobs.py in the job process."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import jobs
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.registry.codes_bulk import BulkCode
from contracts.registry.sheets import MEDIA_TYPES

IMPORT, EXPORT = "import_organisations", "export_organisations"


def import_organisations(session: Session, *, actor: Actor, file: dict[str, Any], mode: str) -> dict[str, Any]:
    """Queue the import; answers the job's view. What is wrong with the file itself ends the job with its code."""
    if file["media_type"] not in MEDIA_TYPES.values():
        raise InvalidError(BulkCode.FORMAT_UNSUPPORTED, media_type=file["media_type"])
    asked = {"sha256": file["sha256"], "media_type": file["media_type"], "mode": mode}
    return jobs.enqueue(session, IMPORT, street_code=_home(actor), actor=_kept(actor), **asked)


def export_organisations(session: Session, *, actor: Actor, format: str, **filters: Any) -> dict[str, Any]:  # noqa: A002  the field's name
    """Queue the export; answers the job's view."""
    return jobs.enqueue(session, EXPORT, street_code=_home(actor), actor=_kept(actor), form=format, filters=filters)


def _home(actor: Actor) -> str | None:
    return actor.street_codes[0] if len(actor.street_codes) == 1 else None


def _kept(actor: Actor) -> dict[str, Any]:
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
