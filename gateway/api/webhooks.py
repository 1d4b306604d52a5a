"""Webhook endpoints and the deliveries made to them and to mailboxes."""

from gateway.route import Route

ROUTES = (
    Route("POST", "/v1/webhook-endpoints", "notify.add_webhook_endpoint", status=201),
    Route("GET", "/v1/webhook-endpoints", "notify.list_webhook_endpoints"),
    Route("GET", "/v1/webhook-endpoints/{endpoint_id}", "notify.get_webhook_endpoint"),
    Route("DELETE", "/v1/webhook-endpoints/{endpoint_id}", "notify.remove_webhook_endpoint"),
    Route("POST", "/v1/webhook-endpoints/{endpoint_id}/resumption", "notify.resume_webhook_endpoint"),
    Route("GET", "/v1/deliveries", "notify.list_deliveries"),
    Route("GET", "/v1/deliveries/{delivery_id}", "notify.get_delivery"),
    Route("POST", "/v1/deliveries/{delivery_id}/requeueing", "notify.requeue_delivery"),
)
