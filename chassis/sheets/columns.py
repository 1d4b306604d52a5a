"""What a sheet is made of: columns with both headings, and what may be asked of an import. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

MODES = ("dry_run", "all_or_nothing", "valid_rows")
FORMATS = ("xlsx", "csv")
MEDIA_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
Texts = Mapping[str, tuple[str, str]]
"""Codes with their words: Chinese, English."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a sheet. ``name``: the field it fills; ``taken``: on import; ``personal``: an export masks it.

    ``shape``: how a cell is read, for whom more than text and choices are in cells. ``values``: what may be in it, for
    the template's notes.
    """

    name: str
    zh: str
    en: str
    required: bool = False
    taken: bool = True
    personal: bool = False
    shape: str = "text"
    values: str = ""


def form_of(media_type: str) -> str:
    """``xlsx`` or ``csv``."""
    return next(form for form, each in MEDIA_TYPES.items() if each == media_type)
