"""Whom notify knows."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import ARRAY, Text, cast, func, or_, select
from sqlalchemy.orm import Session

from services.notify.known.models import HeldNotice, KnownAccount, KnownOrganisation


def list_accounts_of(session: Session, district_code: str, organisation_ids: Collection[str]) -> list[KnownAccount]:
    """Open accounts of these organisations."""
    if not organisation_ids:
        return []
    return list(
        session.scalars(
            select(KnownAccount).where(
                KnownAccount.district_code == district_code,
                KnownAccount.organisation_id.in_(organisation_ids),
                KnownAccount.closed.is_(False),
            )
        )
    )


def list_accounts_by_role(
    session: Session, district_code: str, roles: Collection[str], street_codes: list[str]
) -> list[KnownAccount]:
    """Open accounts in these roles whose streets meet ``street_codes``; an account without streets sees all of them."""
    statement = select(KnownAccount).where(
        KnownAccount.district_code == district_code,
        KnownAccount.role.in_(roles),
        KnownAccount.closed.is_(False),
    )
    if street_codes:
        streets = KnownAccount.account_streets
        meets = or_(func.jsonb_array_length(streets) == 0, streets.op("?|")(cast(street_codes, ARRAY(Text))))
        statement = statement.where(meets)
    return list(session.scalars(statement))


def list_accounts(session: Session, district_code: str, account_ids: Collection[str]) -> dict[str, KnownAccount]:
    """Known accounts by id."""
    rows = session.scalars(
        select(KnownAccount).where(KnownAccount.district_code == district_code, KnownAccount.id.in_(account_ids))
    )
    return {row.id: row for row in rows}


def names_of(session: Session, district_code: str, organisation_ids: Collection[str]) -> dict[str, str]:
    """Names of known organisations by id."""
    rows = session.execute(
        select(KnownOrganisation.id, KnownOrganisation.name).where(
            KnownOrganisation.district_code == district_code, KnownOrganisation.id.in_(organisation_ids)
        )
    )
    return dict(rows.all())


def list_held(session: Session, district_code: str, organisation_id: str) -> list[HeldNotice]:
    """What waits for this organisation to get an account, oldest first, locked."""
    return list(
        session.scalars(
            select(HeldNotice)
            .where(HeldNotice.district_code == district_code, HeldNotice.organisation_id == organisation_id)
            .order_by(HeldNotice.id)
            .with_for_update()
        )
    )
