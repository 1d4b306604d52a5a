"""An account was erased: its inbox is emptied and nothing more is sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import person
from chassis.events import Envelope
from services.notify.known.models import KnownAccount
from services.notify.messages.models import Preference
from services.notify.persons.models import PARTS


def erase_person(session: Session, account_id: str, envelope: Envelope) -> None:
    """Older news of the account that come later bring nothing back."""
    person.erase(session, PARTS, account_id)
    session.execute(delete(Preference).where(Preference.account_id == account_id))
    values: dict[str, Any] = {
        "street_code": None,
        "organisation_id": None,
        "community_code": None,
        "account_streets": [],
        "verified": False,
        "closed": True,
        "subject_version": envelope.subject_version,
    }
    statement = insert(KnownAccount).values(id=account_id, district_code=envelope.district_code, role="", **values)
    newer = KnownAccount.subject_version < envelope.subject_version
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values, where=newer))
