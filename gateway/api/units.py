"""Units of quantities."""

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/units", "resources.list_units"),
    Route("POST", "/v1/units", "resources.define_unit", status=201),
    Route("GET", "/v1/units/{unit_id}", "resources.get_unit"),
)
