"""Settings of payments."""

from __future__ import annotations

from chassis.config import setting

PAYEE_KEY_FILE = setting(
    "PAYEE_KEY_FILE",
    "",
    "File with 32 random bytes in base64 per line: encrypts account numbers of payees, names and phones of callers and "
    "of people at activities, secrets of check-in codes, and keys blind indexes (its last line); projects only. The "
    "first line encrypts, every line decrypts; rotate by putting a new line first.",
)
