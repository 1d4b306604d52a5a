"""The gateway's own settings."""

from __future__ import annotations

from chassis.config import setting

STREET = setting("FOOTPRINT_STREET", "", "Street (9 digits) this gateway serves; empty: the whole district.")
PUBLIC_URL = setting(
    "PUBLIC_URL", "", "Address of this gateway from outside, for QR codes; empty: what the request came by."
)
RPC_DEADLINE = setting("RPC_DEADLINE_SECONDS", 10.0, "Seconds the gateway waits for a service before it answers 503.")
BODY_MAX = setting("BODY_MAX_BYTES", 256 * 1024, "Largest JSON body, bytes; larger ones are refused with 413.")
FILE_MAX = setting("FILE_MAX_BYTES", 20 * 1024 * 1024, "Largest uploaded file, bytes.")
INSTANCE_MAX = setting(
    "MATCHING_INSTANCE_MAX_BYTES", 64 * 1024 * 1024, "Largest matching instance, bytes of its JSON; it is no evidence."
)
SIGN_IN_LIMIT = setting("SIGN_IN_LIMIT", "20/minute", "Sign-in attempts for one name from one address.")
SIGN_IN_ADDRESS_LIMIT = setting("SIGN_IN_ADDRESS_LIMIT", "1200/minute", "Sign-in attempts from one address.")
KEY_LIMIT = setting("API_KEY_LIMIT", "600/minute", "Requests with one API key at one gateway process.")
LIMITS_STORE = setting(
    "LIMITS_STORE", "async+memory://", "Where rate limits are counted: async+memory:// or async+redis://host."
)
TRUSTED_PROXIES = setting("TRUSTED_PROXIES", 0, "Reverse proxies in front whose X-Forwarded-For is believed.")
IN_FLIGHT_MAX = setting(
    "RPC_IN_FLIGHT_MAX", 256, "Calls a gateway process has under way at once; one more is answered 503 without waiting."
)
CACHE = setting(
    "GATEWAY_CACHE", True, "1 keeps replies of hot reads until an event makes them stale; 0 asks each time."
)
CACHE_ENTRIES = setting(
    "GATEWAY_CACHE_ENTRIES", 10_000, "Replies a gateway process keeps; the longest unread goes first."
)
CACHE_SIZE = setting("GATEWAY_CACHE_BYTES", 64 * 1024 * 1024, "Bytes of replies a gateway process keeps.")
CACHE_SECONDS = setting(
    "GATEWAY_CACHE_SECONDS", 60.0, "Longest life of a kept reply: a connection that died unnoticed brings no events."
)
STREAM_SECONDS = setting("EVENTS_STREAM_SECONDS", 600, "Seconds a live stream lasts before the client connects anew.")
STREAM_BUFFER = setting("EVENTS_BUFFER", 256, "Events buffered for one slow client before its stream is ended.")
HEARTBEAT = setting("EVENTS_HEARTBEAT_SECONDS", 15.0, "Seconds between heartbeat comments on a live stream.")
SETTLE_SECONDS = setting("SETTLE_SECONDS", 60.0, "Seconds the clock routes wait for the district to come to rest.")
METRICS_FOLDER = setting("PROMETHEUS_MULTIPROC_DIR", "", "Folder where several gateway workers share their metrics.")
