"""Settings of notify."""

from __future__ import annotations

from chassis.config import setting

KEY_FILE = setting(
    "NOTIFY_KEY_FILE",
    "",
    "File with 32 random bytes in base64 per line: encrypts the signing secrets of webhook endpoints; notify only. "
    "The first line encrypts, every line decrypts; rotate by putting a new line first.",
)
SMTP_URL = setting(
    "SMTP_URL",
    "",
    "Mail server: smtp://[user:password@]host:port, smtp+starttls://… or smtps://…; empty: no e-mail is sent.",
)
SMTP_TIMEOUT = setting("SMTP_TIMEOUT_SECONDS", 10.0, "Seconds the mail server may take for one answer.")
MAIL_FROM = setting("NOTIFY_MAIL_FROM", "noreply@footprint.invalid", "Sender address of e-mails.")
MAIL_DOMAIN = setting("NOTIFY_MAIL_DOMAIN", "footprint.invalid", "Right side of every Message-ID.")
ALLOW_LOOPBACK = setting(
    "NOTIFY_ALLOW_LOOPBACK", False, "1 lets webhooks go to loopback addresses and plain http; for demonstrations."
)
WEBHOOK_TIMEOUT = setting("WEBHOOK_TIMEOUT_SECONDS", 10.0, "Seconds a webhook receiver may take for one answer.")
ENDPOINTS_PER_OWNER = setting("WEBHOOK_ENDPOINTS_PER_OWNER", 50, "Webhook endpoints one owner may have at a time.")
MAX_ATTEMPTS = setting("DELIVERY_MAX_ATTEMPTS", 12, "Tries before a delivery is abandoned.")
RETRY_BASE = setting("DELIVERY_RETRY_BASE_SECONDS", 5.0, "Wait after the first failed try; it doubles every time.")
RETRY_CAP = setting("DELIVERY_RETRY_CAP_SECONDS", 21_600.0, "Longest wait between two tries.")
LEASE = setting("DELIVERY_LEASE_SECONDS", 300.0, "A delivery whose process died is tried again after this long.")
BATCH = setting("DELIVERY_BATCH", 20, "Deliveries claimed at a time.")
HELD_DAYS = setting("NOTIFY_HELD_DAYS", 90, "Days a message waits for its organisation to get an account.")
