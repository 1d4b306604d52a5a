"""An account was erased: where the person lives goes here, too."""

from __future__ import annotations

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import person
from chassis.events import Envelope
from services.resources.known.models import ERASED_ROLE, KnownAccount
from services.resources.needs.requesting import drop_needs
from services.resources.one_list import handlers as one_list
from services.resources.persons.models import PARTS
from services.resources.talents import actions as talents


def erase_person(session: Session, account_id: str, envelope: Envelope) -> None:
    """Older news of the account that come later bring nothing back."""
    drop_needs(session, account_id)
    person.erase(session, PARTS, account_id)
    one_list.erase_person(session, account_id)
    talents.erase_person(session, account_id)
    values: dict[str, Any] = {
        "street_code": None,
        "community_code": None,
        "organisation_id": None,
        "account_streets": [],
        "verified": False,
        "role": ERASED_ROLE,
        "source_version": envelope.subject_version,
    }
    statement = insert(KnownAccount).values(id=account_id, district_code=envelope.district_code, **values)
    newer = KnownAccount.source_version < envelope.subject_version
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values, where=newer))
