"""Headers that replies carry, whoever writes them: Falcon's responders or the front before them."""

SECURITY_HEADERS = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
)
REPLY_HEADERS = (("Cache-Control", "private, no-cache"), ("Vary", "Authorization"))
