"""An XLSX file before anything reads it: a zip archive somebody made, of whatever size, with whatever inside.

Checked in this order, each bounded: the archive's directory, every member unpacked once (a lying header shows as a
wrong checksum), then how large a table the sheets claim: a reader that trusts a cell named XFD1048576 allocates it.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass

from chassis.errors import InvalidError
from chassis.sheets.codes import SheetCode
from chassis.sheets.markup import Markup, NotXmlError, read_markup

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # encrypted Office files, and those from before 2007
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_ACTIVE = re.compile(
    r"vbaProject|vbaData|/macrosheets/|/dialogsheets/|/activeX/|/embeddings/|/externalLinks/|/ctrlProps/", re.IGNORECASE
)
_ACTIVE_TYPES = (b"macroEnabled", b"vbaProject", b"intlmacrosheet")
_TYPES, _WORKBOOK, _RELATIONS = "[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_MEMBERS = 512
_CHUNK = 256 * 1024


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bytes packed and unpacked, the ratio of the two, rows of data and columns."""

    packed: int
    unpacked: int
    ratio: int
    rows: int
    columns: int


def formulas(content: bytes, limits: Limits) -> list[frozenset[tuple[int, int]]]:
    """Refuses what is no plain workbook; the cells with formulas, ``(row, column)`` from 1, sheet by sheet."""
    with _archive(content) as archive:
        found: dict[str, Markup] = {}
        for member in _directory(archive, limits, packed=len(content)):
            data = _unpacked(archive, member)
            if member.filename == _TYPES and any(word in data for word in _ACTIVE_TYPES):
                raise InvalidError(SheetCode.FILE_ACTIVE)
            try:
                found[member.filename] = read_markup(data)
            except NotXmlError as error:
                if member.filename.lower().endswith((".xml", ".rels")):
                    raise InvalidError(SheetCode.FILE_BROKEN) from error
    for markup in found.values():  # a sheet may lie anywhere in the archive: relations say where
        check_size(markup.rows, markup.columns, limits)
    return _in_order(found)


def _in_order(found: dict[str, Markup]) -> list[frozenset[tuple[int, int]]]:
    """As the workbook lists its sheets."""
    targets = found[_RELATIONS].targets if _RELATIONS in found else {}
    sheets = []
    for relation in found[_WORKBOOK].sheets:
        target = targets.get(relation, "")
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if name not in found:
            raise InvalidError(SheetCode.FILE_BROKEN)
        sheets.append(frozenset(found[name].formulas))
    return sheets


def _archive(content: bytes) -> zipfile.ZipFile:
    if content.startswith(OLE):
        encrypted = _ENCRYPTED_PACKAGE in content
        raise InvalidError(SheetCode.FILE_ENCRYPTED if encrypted else SheetCode.FORMAT_UNSUPPORTED)
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise InvalidError(SheetCode.FILE_BROKEN) from error


def _directory(archive: zipfile.ZipFile, limits: Limits, *, packed: int) -> list[zipfile.ZipInfo]:
    members = archive.infolist()
    names = [member.filename for member in members]
    if len(members) > _MEMBERS or sum(member.file_size for member in members) > limits.unpacked:
        raise InvalidError(SheetCode.FILE_BOMB, unpacked_limit=limits.unpacked)
    if any(member.file_size > max(member.compress_size, 1024) * limits.ratio for member in members):
        raise InvalidError(SheetCode.FILE_BOMB, ratio_limit=limits.ratio)
    if sum(member.compress_size for member in members) > packed:  # members that overlap
        raise InvalidError(SheetCode.FILE_BOMB)
    if any(member.flag_bits & 0x1 for member in members):
        raise InvalidError(SheetCode.FILE_ENCRYPTED)
    if any(_ACTIVE.search(name) for name in names):
        raise InvalidError(SheetCode.FILE_ACTIVE)
    if len(set(names)) != len(names) or _WORKBOOK not in names or _TYPES not in names:
        raise InvalidError(SheetCode.FILE_BROKEN)
    return members


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Never more than the directory says, and checked against its sum."""
    parts = []
    try:
        with archive.open(member) as stream:
            while part := stream.read(_CHUNK):
                parts.append(part)
    except (zipfile.BadZipFile, zlib.error, ValueError, OSError, EOFError, RuntimeError) as error:
        raise InvalidError(SheetCode.FILE_BROKEN) from error
    return b"".join(parts)


def check_size(rows: int, columns: int, limits: Limits) -> None:
    """``rows`` of the sheet, its one or two lines of headings among them."""
    if rows > limits.rows + 2:
        raise InvalidError(SheetCode.ROWS_TOO_MANY, limit=limits.rows, rows=rows)
    if columns > limits.columns:
        raise InvalidError(SheetCode.COLUMNS_TOO_MANY, limit=limits.columns, columns=columns)
