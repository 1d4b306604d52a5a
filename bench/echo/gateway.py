"""The product's gateway with one route more, to the echo service: what the gateway itself costs.

``gunicorn -k asgi 'bench.echo.gateway:get_app()'``
"""

from __future__ import annotations

from typing import Any
from unittest import mock

from bench.echo.service import service
from gateway import api, catalogue
from gateway import app as product
from gateway.route import Route


def get_app() -> Any:
    """The product's own ``get_app``, which reads its tables through these two functions."""
    echo = service()
    routes = (*api.routes(), Route("GET", "/v1/echo", f"{echo.name}.echo"))
    operations = {**catalogue.load(), f"{echo.name}.echo": echo.operation("echo")}
    tables = mock.patch.object(api, "routes", return_value=routes), mock.patch.object(catalogue, "load")
    with tables[0], tables[1] as load:
        load.return_value = operations
        return product.get_app()
