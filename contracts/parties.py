"""Which fields of events name the organisations an event concerns: each may read it in the trail, with its receipt.

A list of organisations (whose people enrolled in a training, say) names nobody as a party: those listed need not know
of one another. ``party_organisation_id`` is a party branch (党组织), not an organisation of the registry. Who handles a
resident's need (``handler_organisation_id``) is no party to it; where it benefits, it is the recipient.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

FIELDS = (
    "organisation_id",
    "provider_organisation_id",
    "recipient_organisation_id",
    "host_organisation_id",
    "funder_organisation_id",
)
OTHERS = frozenset({"organisation_ids", "party_organisation_id", "handler_organisation_id"})


def named(facts: Mapping[str, Any]) -> list[str]:
    """The ids of the parties, sorted, each once."""
    found = (facts.get(name) for name in FIELDS)
    return sorted({one for one in found if isinstance(one, str)})
