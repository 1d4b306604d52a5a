"""QR codes (ISO/IEC 18004), error correction M: readable with up to fifteen percent of the symbol lost."""

from __future__ import annotations

import io

import segno

SVG = "image/svg+xml"
PNG = "image/png"
_QUIET = 4  # modules of white around it, as the standard wants


def svg(text: str, *, sized: bool = True) -> bytes:
    """Black on white, scalable; the title is for screen readers. ``sized=False``: as wide as the page says."""
    out = io.BytesIO()
    look = {"xmldecl": False, "title": "QR", "svgclass": None, "lineclass": None, "omitsize": not sized}
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=_QUIET, scale=8, light="#fff", **look)
    return out.getvalue()


def png(text: str, *, scale: int = 10) -> bytes:
    """Black on white, ``scale`` pixels a module."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", border=_QUIET, scale=scale, light="#fff")
    return out.getvalue()
