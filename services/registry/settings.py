"""Settings only the registry has."""

from __future__ import annotations

from chassis.config import setting

DATA_KEY_FILE = setting(
    "DATA_KEY_FILE",
    "",
    "File with 32 random bytes in base64 per line: encrypts personal fields. The first line encrypts, every line "
    "decrypts, the last one keys the blind indexes; rotate by putting a new line first.",
)
ADMIN_PASSWORD_FILE = setting("ADMIN_PASSWORD_FILE", "", "File with the first administrator's password (bootstrap).")
ARGON2_MEMORY_KIB = setting("ARGON2_MEMORY_KIB", 19_456, "Memory of one argon2id hash, KiB (OWASP: 19 MiB).")
ARGON2_TIME = setting("ARGON2_TIME", 2, "Passes of one argon2id hash.")
ARGON2_PARALLELISM = setting("ARGON2_PARALLELISM", 1, "Lanes of one argon2id hash.")
CULTIVATION_AT_ONCE = setting(
    "CULTIVATION_AT_ONCE_MAX", 5000, "With more organisations than this, a job computes the key-cultivation list."
)
DUPLICATE_SECONDS = setting(
    "DUPLICATE_SWEEP_SECONDS",
    2.0,
    "How long the job process compares organisations before it looks for jobs again; one at least.",
)
