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
IMPORT_BYTES = setting("IMPORT_MAX_BYTES", 10 * 1024 * 1024, "Largest file of a bulk import, bytes as uploaded.")
IMPORT_UNPACKED = setting(
    "IMPORT_MAX_UNPACKED_BYTES", 128 * 1024 * 1024, "Largest workbook of a bulk import once unpacked, bytes."
)
IMPORT_RATIO = setting("IMPORT_MAX_RATIO", 100, "A workbook's part packed denser than this is taken for a zip bomb.")
IMPORT_ROWS = setting("IMPORT_MAX_ROWS", 10_000, "Most rows of a bulk import.")
IMPORT_COLUMNS = setting("IMPORT_MAX_COLUMNS", 60, "Most columns of a bulk import.")
EXPORT_ROWS = setting("EXPORT_MAX_ROWS", 200_000, "Most rows of a bulk export.")
