"""Every (state, action) pair of the four machines: the ones DOMAIN.md draws lead on, all others are conflicts."""

from __future__ import annotations

from itertools import product
from types import ModuleType

import pytest

from chassis.errors import ConflictError
from contracts.resources import allocations as allocation_contract
from contracts.resources import matching as matching_contract
from contracts.resources import needs as need_contract
from contracts.resources import offers as offer_contract
from services.resources.allocations import domain as allocations
from services.resources.matching import domain as matching
from services.resources.needs import domain as needs
from services.resources.offers import domain as offers

MACHINES = (offers, needs, allocations, matching)
CONTRACTS = (offer_contract, need_contract, allocation_contract, matching_contract)
# DOMAIN.md, "State machines": state → the states its arrows lead to.
DRAWN: dict[ModuleType, dict[str, set[str]]] = {
    offers: {
        "draft": {"verified", "withdrawn"},
        "verified": {"open", "withdrawn"},
        "open": {"open", "partly_reserved", "exhausted", "expired", "withdrawn"},
        "partly_reserved": {"partly_reserved", "exhausted", "expired", "withdrawn"},
        "exhausted": {"partly_reserved", "expired", "withdrawn"},
        "expired": {"expired"},
        "withdrawn": {"withdrawn"},
    },
    needs: {
        "draft": {"verified", "cancelled"},
        "verified": {"open", "cancelled"},
        "open": {"partly_met", "met", "unmet_closed", "cancelled"},
        "partly_met": {"partly_met", "met", "unmet_closed", "cancelled"},
        "met": {"partly_met"},
        "unmet_closed": {"unmet_closed"},
        "cancelled": {"cancelled"},
    },
    allocations: {
        "proposed": {"reserved", "released"},
        "reserved": {"confirmed", "released"},
        "confirmed": {"handed_over", "released"},
        "handed_over": {"handed_over", "received", "returned", "disputed"},
        "received": {"received", "reported", "disputed"},
        "reported": {"closed", "disputed"},
        "closed": set(),
        "released": set(),
        "returned": set(),
        "disputed": {"received", "returned"},
    },
    matching: {
        "created": {"solving", "closed"},
        "solving": {"solving", "solved", "created"},
        "solved": {"solving", "closed"},
        "closed": set(),
    },
}


@pytest.mark.parametrize(
    ("machine", "status", "action"),
    [(machine, *pair) for machine in MACHINES for pair in product(machine.STATUSES, machine.ACTIONS)],
)
def test_a_pair_outside_the_table_is_a_conflict(machine: ModuleType, status: str, action: str) -> None:
    if (status, action) in machine.TRANSITIONS:
        assert machine.next_status(status, action) in DRAWN[machine][status]
    else:
        with pytest.raises(ConflictError):
            machine.next_status(status, action)


@pytest.mark.parametrize("machine", MACHINES)
def test_the_table_is_the_drawing(machine: ModuleType) -> None:
    reached: dict[str, set[str]] = {status: set() for status in machine.STATUSES}
    for (status, action), target in machine.TRANSITIONS.items():
        assert action in machine.ACTIONS
        reached[status].add(target)
    assert reached == DRAWN[machine]


@pytest.mark.parametrize(("machine", "contract"), list(zip(MACHINES, CONTRACTS, strict=True)))
def test_the_contract_names_the_same_states(machine: ModuleType, contract: ModuleType) -> None:
    assert machine.STATUSES == contract.STATUSES
