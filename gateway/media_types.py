"""What a file really is: the first bytes and, for Office files, the names inside; a declared type is not believed."""

from __future__ import annotations

import codecs
import zipfile
from typing import IO

JPEG = "image/jpeg"
PNG = "image/png"
WEBP = "image/webp"
PDF = "application/pdf"
TEXT = "text/plain"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
JSON = "application/json"  # not for evidence: of instances and answers
SHEETS = (XLSX, CSV)
ALLOWED = (JPEG, PNG, WEBP, PDF, TEXT, DOCX, XLSX, CSV)
_OFFICE = {DOCX: "word/document.xml", XLSX: "xl/workbook.xml"}
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_CHUNK = 64 * 1024


def is_of(media_type: str, file: IO[bytes]) -> bool:
    """Whether the content can be what it is declared to be. Leaves the file at its start."""
    file.seek(0)
    head = file.read(16)
    try:
        return _check(media_type, head, file)
    finally:
        file.seek(0)


def is_locked(media_type: str, file: IO[bytes]) -> bool:
    """Whether it is an Office file that is encrypted, or older than 2007. Leaves the file at its start."""
    file.seek(0)
    head = file.read(len(OLE))
    file.seek(0)
    return media_type in _OFFICE and head == OLE


def _check(media_type: str, head: bytes, file: IO[bytes]) -> bool:
    if media_type == JPEG:
        return head.startswith(b"\xff\xd8\xff")
    if media_type == PNG:
        return head.startswith(b"\x89PNG\r\n\x1a\n")
    if media_type == WEBP:
        return head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    if media_type == PDF:
        return head.startswith(b"%PDF-")
    if media_type in _OFFICE:
        return head.startswith(b"PK\x03\x04") and _holds(file, _OFFICE[media_type])
    if media_type == CSV:  # whoever reads it says better than a store why UTF-16 is refused
        return head.startswith(_WIDE) or _is_text(file) or _is_text(file, "gb18030")
    return media_type in (TEXT, JSON) and _is_text(file)


def _holds(file: IO[bytes], name: str) -> bool:
    """Reads the archive's directory only: nothing is unpacked, so a bomb stays packed."""
    try:
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
            return name in names and "[Content_Types].xml" in names
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        return False


def _is_text(file: IO[bytes], encoding: str = "utf-8") -> bool:
    """Text without NUL."""
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while chunk := file.read(_CHUNK):
            if b"\x00" in chunk:
                return False
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True
