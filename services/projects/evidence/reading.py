"""Reading a photo: EXIF time and place, two perceptual hashes, and the copy that is shown. Only the job process does.

``dhash`` (difference hash): greyscale, shrunk to 9 × 8 by area, one bit per pair of neighbours in a row, 1 where the
left one is brighter; first row first, highest bit first. ``vhash``: the same of 8 × 9 and neighbours in a column.
Brightness, size and compression hardly change which neighbour is brighter.
"""

from __future__ import annotations

import io
import math
import re
import struct
import warnings
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from PIL import ExifTags, Image, ImageOps, ImageStat, UnidentifiedImageError

from chassis.clock import SHANGHAI
from chassis.errors import InvalidError
from contracts.projects.codes_evidence import EvidenceCode

FORMATS = ("JPEG", "PNG", "WEBP")
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
_DAMAGED = (OSError, SyntaxError, ValueError, struct.error, zlib.error, EOFError, IndexError, TypeError, KeyError)
_FLAT = 4.0  # standard deviation of grey levels below which a picture has nothing to recognise
_TURNED = frozenset({5, 6, 7, 8})  # orientations that swap width and height
_MEGA = 1_000_000
_TIME = re.compile(r"^(\d{4})[:-](\d{2})[:-](\d{2})[ T](\d{2}):(\d{2}):(\d{2})")
_OFFSET = re.compile(r"^[+-]\d{2}:\d{2}$")


@dataclass(frozen=True)
class Photo:
    """What was read. ``shown``: a JPEG without any metadata."""

    width: int
    height: int
    taken_at: datetime | None
    latitude: float | None
    longitude: float | None
    dhash: int
    vhash: int
    comparable: bool
    shown: bytes


def read_photo(content: bytes, bounds: Mapping[str, int]) -> Photo:
    """Raises ``InvalidError`` with one of the ``photo_…`` codes; never decodes more pixels than the bounds allow."""
    if len(content) > bounds["photo_bytes"]:
        raise InvalidError(EvidenceCode.PHOTO_TOO_LARGE, bytes=len(content), limit=bounds["photo_bytes"])
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of damaged metadata, and of sizes: the district's own bound follows
            with Image.open(io.BytesIO(content), formats=FORMATS) as image:
                return _read(image, bounds)
    except Image.DecompressionBombError as error:
        raise InvalidError(EvidenceCode.PHOTO_TOO_LARGE) from error
    except UnidentifiedImageError as error:
        known = content.startswith(_MAGIC)
        raise InvalidError(EvidenceCode.PHOTO_UNREADABLE if known else EvidenceCode.PHOTO_TYPE_UNSUPPORTED) from error
    except _DAMAGED as error:
        raise InvalidError(EvidenceCode.PHOTO_UNREADABLE) from error


def _read(image: Image.Image, bounds: Mapping[str, int]) -> Photo:
    width, height = image.size
    if width * height > bounds["photo_megapixels"] * _MEGA:
        limit = bounds["photo_megapixels"]
        raise InvalidError(EvidenceCode.PHOTO_TOO_LARGE, megapixels=width * height // _MEGA, limit=limit)
    exif = _exif(image)
    if exif.get(ExifTags.Base.Orientation) in _TURNED:
        width, height = height, width
    edge = bounds["shown_edge"]
    image.draft("RGB", (edge, edge))  # a JPEG is decoded no larger than it is needed
    picture = _plain(image)
    picture.thumbnail((edge, edge), Image.Resampling.LANCZOS)
    grey = picture.convert("L")
    dhash, vhash = _differences(grey, rows=True), _differences(grey, rows=False)
    spread = ImageStat.Stat(grey.resize((9, 8), Image.Resampling.BOX)).stddev[0]
    latitude, longitude = _place(exif) or (None, None)
    shown = io.BytesIO()
    picture.save(shown, "JPEG", quality=bounds["shown_quality"], optimize=True)
    return Photo(width, height, _taken_at(exif), latitude, longitude, dhash, vhash, spread >= _FLAT, shown.getvalue())


def _plain(image: Image.Image) -> Image.Image:
    """Upright, RGB, transparency on white, made of pixels alone: nothing else of the file is carried along."""
    upright = ImageOps.exif_transpose(image) or image
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear.getchannel("A"))
    elif upright.mode.startswith("I"):  # sixteen bits of grey
        upright = upright.convert("I").point(lambda level: level / 256).convert("L")
    solid = upright.convert("RGB")
    return Image.frombytes("RGB", solid.size, solid.tobytes())


def _differences(grey: Image.Image, *, rows: bool) -> int:
    wide, high = (9, 8) if rows else (8, 9)
    levels = grey.resize((wide, high), Image.Resampling.BOX).tobytes()
    value = 0
    for y in range(8):
        for x in range(8):
            here = y * wide + x
            value = value << 1 | (levels[here] > levels[here + (1 if rows else wide)])
    return value


def _exif(image: Image.Image) -> Image.Exif:
    """Damaged metadata are none: the picture may still be good."""
    try:
        return image.getexif()
    except _DAMAGED:
        return Image.Exif()


def _part(exif: Image.Exif, ifd: int) -> Mapping[int, Any]:
    try:
        return exif.get_ifd(ifd)
    except _DAMAGED:
        return {}


def _taken_at(exif: Image.Exif) -> datetime | None:
    """When the shutter was released; a camera that does not say its zone is in China."""
    detail = _part(exif, ExifTags.IFD.Exif)
    written = detail.get(ExifTags.Base.DateTimeOriginal) or exif.get(ExifTags.Base.DateTime)
    match = _TIME.match(written) if isinstance(written, str) else None
    if match is None:
        return None
    offset = detail.get(ExifTags.Base.OffsetTimeOriginal)
    try:
        naive = "{}-{}-{}T{}:{}:{}".format(*match.groups())
        if isinstance(offset, str) and _OFFSET.match(offset):
            return datetime.fromisoformat(naive + offset).astimezone(UTC)
        return datetime.fromisoformat(naive).replace(tzinfo=SHANGHAI).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _place(exif: Image.Exif) -> tuple[float, float] | None:
    """Degrees, rounded to three decimals; a receiver without a fix often says 0, 0."""
    gps = _part(exif, ExifTags.IFD.GPSInfo)
    latitude = _degrees(gps, ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, "S", 90)
    longitude = _degrees(gps, ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, "W", 180)
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None
    return latitude, longitude


def _degrees(gps: Mapping[int, Any], name: int, side: int, negative: str, most: int) -> float | None:
    try:
        degrees, minutes, seconds = (float(part) for part in gps[name])
    except (*_DAMAGED, ZeroDivisionError):
        return None
    value = degrees + minutes / 60 + seconds / 3600
    if not math.isfinite(value) or not 0 <= value <= most:
        return None
    return round(-value if gps.get(side) == negative else value, 3)
