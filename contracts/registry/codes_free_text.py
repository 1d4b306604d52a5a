"""Error codes of redacting free text."""

from __future__ import annotations

from chassis.codes import Code


class FreeTextCode(Code):
    """What a redaction can refuse."""

    NOT_FOUND = "text_not_found", "没有这段文字，或不可在此删除", "No such text, or not one that is erased here"
    EMPTY = "text_empty", "这段文字为空或已删除", "The text is empty or was erased before"
