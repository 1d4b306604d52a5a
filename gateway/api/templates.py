"""The wording of messages."""

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/templates", "notify.list_templates"),
    Route("GET", "/v1/templates/{event_name}", "notify.get_template"),
    Route("PUT", "/v1/templates/{event_name}", "notify.set_template"),
    Route("POST", "/v1/templates/{event_name}/preview", "notify.preview_template"),
)
