"""The inbox of whoever is signed in."""

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/messages", "notify.list_messages"),
    Route("GET", "/v1/messages/unread-count", "notify.count_unread"),
    Route("GET", "/v1/messages/{message_id}", "notify.get_message"),
    Route("POST", "/v1/messages/{message_id}/reading", "notify.read_message"),
    Route("GET", "/v1/message-preferences", "notify.list_preferences"),
    Route("PUT", "/v1/message-preferences", "notify.set_preference"),
)
