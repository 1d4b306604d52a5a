"""The numbers of resources."""

from gateway.route import Route

ROUTES = (Route("GET", "/v1/dashboards/resources", "resources.get_resources_dashboard"),)
