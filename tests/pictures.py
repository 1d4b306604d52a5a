"""Pictures for tests of evidence: drawn here, with EXIF as a phone writes it."""

from __future__ import annotations

import io
import random
from typing import Any

from PIL import ExifTags, Image, ImageEnhance, ImageFilter
from PIL.TiffImagePlugin import IFDRational

HUANGDAO = (35.96, 120.18)


def scene(seed: int, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """Something with broad light and dark, as a photo has; another seed is another picture."""
    dice = random.Random(seed)
    coarse = Image.new("RGB", (12, 9))
    coarse.putdata([tuple(dice.randrange(256) for _ in range(3)) for _ in range(12 * 9)])
    return coarse.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def jpeg(image: Image.Image, *, quality: int = 92, exif: Image.Exif | None = None, **more: Any) -> bytes:
    """As a file."""
    out = io.BytesIO()
    image.convert("RGB").save(out, "JPEG", quality=quality, **({"exif": exif} if exif is not None else {}), **more)
    return out.getvalue()


def exif(
    *,
    taken: str | None = None,
    offset: str | None = None,
    place: tuple[float, float] | None = None,
    orientation: int | None = None,
) -> Image.Exif:
    """``taken``: ``2026:03:05 14:30:00``; ``place``: latitude and longitude."""
    made = Image.Exif()
    made[ExifTags.Base.Make] = "Demo phone"
    if orientation is not None:
        made[ExifTags.Base.Orientation] = orientation
    if taken is not None:
        detail = made.get_ifd(ExifTags.IFD.Exif)
        detail[ExifTags.Base.DateTimeOriginal] = taken
        if offset is not None:
            detail[ExifTags.Base.OffsetTimeOriginal] = offset
    if place is not None:
        gps = made.get_ifd(ExifTags.IFD.GPSInfo)
        for name, side, value, sides in (
            (ExifTags.GPS.GPSLatitude, ExifTags.GPS.GPSLatitudeRef, place[0], "NS"),
            (ExifTags.GPS.GPSLongitude, ExifTags.GPS.GPSLongitudeRef, place[1], "EW"),
        ):
            gps[side] = sides[value < 0]
            gps[name] = _sexagesimal(abs(value))
    return made


def _sexagesimal(value: float) -> tuple[IFDRational, ...]:
    degrees, rest = divmod(value, 1)
    minutes, rest = divmod(rest * 60, 1)
    return IFDRational(int(degrees), 1), IFDRational(int(minutes), 1), IFDRational(round(rest * 60 * 10_000), 10_000)


def retouched(image: Image.Image) -> bytes:
    """Smaller, a little brighter, compressed hard: what a chat program makes of a photo."""
    width, height = image.size
    small = image.resize((width // 2, height // 2), Image.Resampling.BILINEAR)
    return jpeg(ImageEnhance.Brightness(small).enhance(1.08), quality=55)
