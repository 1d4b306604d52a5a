"""Whether a service counts follows its order through every way the table allows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import ConflictError
from services.projects.orders import domain

JUDGED = {"confirm": "confirm", "dispute": "dispute"}


@given(st.lists(st.tuples(st.sampled_from(domain.ACTIONS), st.booleans()), max_size=60))
def test_the_service_is_never_in_the_way_of_its_order_and_counts_only_once_it_may(
    walk: list[tuple[str, bool]],
) -> None:
    order, service = "checked_in", None
    for action, void in walk:
        if (order, action) not in domain.TRANSITIONS:
            continue
        order = domain.next_status(order, action)
        if action == "deliver":
            service = "delivered"
        elif action in ("offer", "open"):
            service = None
        elif service is not None and action in ("confirm", "dispute", "resolve"):
            judged = JUDGED.get(action) or ("void" if void else "keep")
            service = domain.next_service_status(service, judged)
        if service is not None:
            assert (service == "disputed") == (order == "disputed")
            assert (service == "delivered") == (order == "delivered")
            assert service == "counted" or order not in ("confirmed", "rated")


@pytest.mark.parametrize("action", domain.SERVICE_ACTIONS)
def test_what_was_voided_stays_void(action: str) -> None:
    with pytest.raises(ConflictError):
        domain.next_service_status("void", action)
