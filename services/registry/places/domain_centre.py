"""What other services are told of a grid cell's boundary: its centre, and the boundary itself where it is small."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

MOST_BOUNDARY = 65_536
"""Characters of a boundary that travels in an event; a larger one is told by its centre alone."""


def told(polygon: Mapping[str, Any] | None) -> dict[str, Any]:
    """``{longitude_e6, latitude_e6, boundary}``: whole millionths of a degree; the boundary as GeoJSON text.

    Text and whole numbers, because the trail commits to events and no two programs print a fraction alike.
    """
    if polygon is None:
        return {"longitude_e6": None, "latitude_e6": None, "boundary": ""}
    longitude, latitude = centre(polygon)
    text = json.dumps({name: polygon[name] for name in ("type", "coordinates")}, separators=(",", ":"))
    return {
        "longitude_e6": longitude,
        "latitude_e6": latitude,
        "boundary": text if len(text) <= MOST_BOUNDARY else "",
    }


def centre(polygon: Mapping[str, Any]) -> tuple[int, int]:
    """The centroid by area of the outer rings, in millionths of a degree; of a degenerate shape the mean point."""
    rings = list(_outer(polygon))
    area = x = y = 0.0
    west, south = rings[0][0][0], rings[0][0][1]  # near the shape, so that differences of large products stay exact
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True):
            cross = (x1 - west) * (y2 - south) - (x2 - west) * (y1 - south)
            area += cross
            x += (x1 + x2 - 2 * west) * cross
            y += (y1 + y2 - 2 * south) * cross
    if abs(area) < 1e-18:
        points = [point for ring in rings for point in ring]
        mean = [sum(point[axis] for point in points) / len(points) for axis in (0, 1)]
        return round(mean[0] * 1e6), round(mean[1] * 1e6)
    return round((west + x / (3 * area)) * 1e6), round((south + y / (3 * area)) * 1e6)


def _outer(polygon: Mapping[str, Any]) -> Iterator[list[tuple[float, float]]]:
    parts = [polygon["coordinates"]] if polygon["type"] == "Polygon" else polygon["coordinates"]
    for part in parts:
        yield [(float(point[0]), float(point[1])) for point in part[0]]
