"""Routes of places."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/places", "registry.list_places"),
    Route("GET", "/v1/places/{code}", "registry.get_place"),
    Route("POST", "/v1/places", "registry.open_place", status=201),
    Route("POST", "/v1/places/{code}/retirement", "registry.retire_place"),
    Route("POST", "/v1/places/{code}/reinstatement", "registry.reinstate_place"),
    Route("GET", "/v1/places/{code}/grid-cells", "registry.export_grid_cells"),
    Route("POST", "/v1/grid-cells", "registry.draw_grid_cell", status=201),
    Route("PATCH", "/v1/grid-cells/{code}", "registry.redraw_grid_cell"),
    Route("POST", "/v1/place-imports", "registry.import_places", status=201),
)
