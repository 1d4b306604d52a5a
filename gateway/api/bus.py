"""The operator's parking: the same rows for each service, whose name is a word of the address."""

from __future__ import annotations

from collections.abc import Iterator

from gateway.catalogue import SERVICES
from gateway.route import Route


def _routes(service: str) -> Iterator[Route]:
    bus = f"/v1/bus/{service}"
    group, one = f"{bus}/parked-groups/{{fingerprint}}", f"{bus}/parked/{{parked_id}}"
    yield Route("GET", f"{bus}/parked-groups", f"{service}.list_parked_groups")
    yield Route("POST", f"{group}/replay", f"{service}.replay_parked_group")
    yield Route("POST", f"{group}/discard", f"{service}.discard_parked_group")
    yield Route("GET", f"{bus}/parked", f"{service}.list_parked")
    yield Route("POST", f"{bus}/parked/replay", f"{service}.replay_all_parked")
    yield Route("POST", f"{bus}/parked/discard", f"{service}.discard_all_parked")
    yield Route("GET", one, f"{service}.get_parked")
    yield Route("POST", f"{one}/replay", f"{service}.replay_parked")
    yield Route("POST", f"{one}/discard", f"{service}.discard_parked")


ROUTES = tuple(route for service in SERVICES for route in _routes(service))
