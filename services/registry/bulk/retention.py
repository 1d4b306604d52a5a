"""Which jobs of the registry read and make sheets; their files go some days after them."""

from __future__ import annotations

from chassis.sheets.retention import Retention
from services.registry.bulk.actions import EXPORT, IMPORT
from services.registry.files.queries import HOLDERS

SHEETS = Retention(names=frozenset({IMPORT, EXPORT}), holders=HOLDERS)
