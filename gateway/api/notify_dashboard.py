"""How messages and deliveries are doing."""

from gateway.route import Route

ROUTES = (Route("GET", "/v1/dashboards/notify", "notify.get_notify_dashboard"),)
