"""Rows of offers and needs as the conditions read them."""

from __future__ import annotations

from typing import Any

from services.resources.conditions import domain
from services.resources.needs.rendering import beneficiary_of


def given(row: Any) -> domain.Given:
    """Of an offer, a row of the ORM or of its columns."""
    return domain.Given(
        kind=row.kind,
        organisations=frozenset(row.earmarked_organisation_ids),
        groups=frozenset(row.earmark.get("groups", ())),
        capacity=row.capacity,
        languages=frozenset(row.languages),
        hours_per_week=row.hours_per_week,
        availability=row.availability,
        qualifications=row.qualifications,
        youngest_age=row.youngest_age,
        mode=row.mode,
    )


def asked(row: Any) -> domain.Asked:
    """The same of a need."""
    gates = row.gates
    return domain.Asked(
        organisation_id=beneficiary_of(row),
        last_day=row.due_on,
        groups=frozenset(row.beneficiary_groups),
        persons=row.persons,
        languages=frozenset(row.languages),
        hours_per_week=row.hours_per_week,
        times=row.times,
        trainings=frozenset(gates.get("trainings", ())),
        certificates=frozenset(gates.get("certificates", ())),
        insured=bool(gates.get("insured")),
        minimum_age=gates.get("minimum_age"),
        mode=row.mode,
    )
