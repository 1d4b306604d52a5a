"""Settings of resources."""

from __future__ import annotations

from chassis.config import setting

RESOURCES_KEY_FILE = setting(
    "RESOURCES_KEY_FILE",
    "",
    "File with 32 random bytes in base64 per line: encrypts people on the one list and the talent grid, and what is "
    "personal in residents' needs; resources only. The first line encrypts, every line decrypts; rotate by putting a "
    "new line first.",
)
