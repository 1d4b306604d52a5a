"""The columns of the sheet of organisations, and the words of its choices."""

from __future__ import annotations

from chassis.sheets.columns import Texts
from contracts.registry.sheets import COLUMNS, KIND_TEXTS, TIER_TEXTS

CHOICES: dict[str, Texts] = {"kind": KIND_TEXTS, "legal_tier": TIER_TEXTS}
BY_NAME = {column.name: column for column in COLUMNS}
