"""An account was erased: what the person said and where they live goes here, too."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import person
from chassis.events import Envelope
from services.projects.identities import actions as identities
from services.projects.known.models import ERASED_ROLE, KnownAccount
from services.projects.persons.models import PARTS


def erase_person(session: Session, account_id: str, envelope: Envelope) -> None:
    """Older news of the account that come later bring nothing back."""
    person.erase(session, PARTS, account_id)
    identities.forget_account(session, account_id)
    values = {
        "street_code": None,
        "community_code": None,
        "organisation_id": None,
        "verified": False,
        "role": ERASED_ROLE,
        "subject_version": envelope.subject_version,
    }
    statement = insert(KnownAccount).values(id=account_id, district_code=envelope.district_code, **values)
    newer = KnownAccount.subject_version < envelope.subject_version
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=values, where=newer))
