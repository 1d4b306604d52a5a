"""A gateway in front of the notes service."""

from __future__ import annotations

import pytest

from gateway.api import events, files, system
from tests import kit
from tests.gateway import notes
from tests.gateway.kit import Client, make_deps, standard_catalogue


@pytest.fixture
def client() -> Client:
    """Not signed in."""
    host = kit.make_host("notes")
    routes = (*notes.ROUTES, *notes.BREAKING, *system.ROUTES, *files.ROUTES, *events.ROUTES)
    return Client(make_deps(host, routes=routes, catalogue={**notes.CATALOGUE, **standard_catalogue()}))


@pytest.fixture
def bureau(client: Client) -> Client:
    """Signed in as an officer of the district."""
    return client.as_("bureau")
