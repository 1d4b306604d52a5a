"""What still hangs on an organisation that is to be closed."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.registry import scope
from services.registry.cases.domain import OPEN
from services.registry.cases.models import IncubationCase
from services.registry.centres.models import Entrustment
from services.registry.organisations import domain
from services.registry.organisations.models import Organisation


def check_unbound(session: Session, row: Organisation, today: date) -> None:
    """No case under way, nobody in its care, no street entrusted to it now or later.

    The lock is the one a case is handed in under: no case opens while its organisation is closed.
    """
    scope.hold(session, f"case:{row.id}")
    count = select(func.count())
    cases = count.where(IncubationCase.organisation_id == row.id, IncubationCase.status.in_(OPEN))
    in_care = count.where(Organisation.hub_id == row.id, Organisation.status == "active", Organisation.id != row.id)
    entrusted = count.where(
        Entrustment.hub_id == row.id, Entrustment.until_on >= today, Entrustment.status != "annulled"
    )
    domain.check_unbound(
        open_cases=session.scalar(cases) or 0,
        in_care=session.scalar(in_care) or 0,
        entrusted_streets=session.scalar(entrusted) or 0,
    )
