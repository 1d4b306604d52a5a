"""The heads an audit compares with: kept ones and those in witnesses' files, stretch by stretch in constant memory."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.projects.trail import copying, heads, leaf, nodes
from services.projects.trail.models import TrailHead
from services.projects.trail.models_heads import TrailCosignature, TrailKey
from services.projects.trail.walk import Finding, Root

Roots = dict[int, list[Root]]
Sourced = tuple[str, dict[str, Any]]
MOST_BEYOND = 1000
_COSIGNED = ("witness", "seen_at", "key_id", "algorithm", "signature", "public_key")


class KnownHeads:
    """Ask for one stretch after the other. A head whose signature does not hold proves nothing, but is told."""

    def __init__(self, session: Session, district_code: str, tell: Callable[[Finding], None]) -> None:
        self._district = district_code
        self._log = leaf.log_name(district_code)
        self._tell = tell
        self._files = [_Lines(path) for path in _witness_files()]
        keys = session.scalars(select(TrailKey).where(TrailKey.district_code == district_code))
        self._public = {key.key_id: key.public_key for key in keys}
        self.count = 0

    def stretch(self, session: Session, begin: int, end: int) -> Roots:
        """The roots of sizes in ``(begin, end]``."""
        found: Roots = {}
        kept = {row.size: self._as_head(row) for row in self._kept(session, begin, end)}
        for size, head in kept.items():
            self._add(found, size, head, "trail_head")
        for lines in self._files:
            for source, head in lines.upto(end):
                told = head.get("size")
                if head.get("log") != self._log and "log" in head:
                    continue  # the file of several logs
                if type(told) is int and told <= begin:
                    self._compare_late(session, head, source)
                else:
                    self._add(found, told, head, source)
        self._check_cosignatures(session, kept, begin, end)
        return found

    def beyond(self, session: Session, size: int) -> Iterator[tuple[int, str]]:
        """Heads of more entries than that."""
        for row in self._kept(session, size, None):
            if self._holds(self._as_head(row), "trail_head"):
                yield row.size, "trail_head"
        for lines in self._files:
            for source, head in lines.upto(None):
                if head.get("log") == self._log and self._holds(head, source):
                    yield head["size"], source

    def _kept(self, session: Session, begin: int, end: int | None) -> Iterator[TrailHead]:
        """Of a stretch; the first of those beyond the log: one is enough to know that rows are gone."""
        rows = select(TrailHead).where(TrailHead.district_code == self._district, TrailHead.size > begin)
        rows = rows.limit(MOST_BEYOND) if end is None else rows.where(TrailHead.size <= end)
        yield from session.scalars(rows.order_by(TrailHead.size))

    def _as_head(self, row: TrailHead) -> dict[str, Any]:
        return {"log": self._log, **{name: getattr(row, name) for name in leaf.HEAD_FIELDS}}

    def _add(self, found: Roots, size: Any, head: dict[str, Any], source: str) -> None:
        if self._holds(head, source):
            found.setdefault(size, []).append(Root(head["root"], source))

    def _holds(self, head: dict[str, Any], source: str) -> bool:
        self.count += 1
        public_key = self._public.get(str(head.get("key_id")))
        try:
            if public_key is not None and heads.holds(head, public_key):
                return True
        except (ValueError, KeyError, TypeError):
            pass  # an unknown algorithm, a member missing or of another type: it holds as little as a wrong signature
        self._tell({"kind": "head_changed", "size": head.get("size"), "source": source})
        return False

    def _compare_late(self, session: Session, head: dict[str, Any], source: str) -> None:
        """Told a second time, or out of order: the nodes of that size have been read already."""
        if not self._holds(head, source):
            return
        try:
            root = nodes.root(session, self._district, head["size"]).hex()
        except KeyError:
            return  # the missing node has been told
        if root != head["root"]:
            self._tell(
                {"kind": "head_contradicts", "size": head["size"], "source": source, "between": [0, head["size"]]}
            )

    def _check_cosignatures(self, session: Session, kept: dict[int, dict[str, Any]], begin: int, end: int) -> None:
        mine = TrailCosignature.district_code == self._district
        within = TrailCosignature.size > begin, TrailCosignature.size <= end
        for row in session.scalars(select(TrailCosignature).where(mine, *within)):
            given = {name: getattr(row, name) for name in _COSIGNED}
            try:
                holds = row.size in kept and copying.is_cosigned(kept[row.size], given)
            except ValueError:
                holds = False
            if not holds:
                self._tell({"kind": "cosignature_wrong", "size": row.size, "source": row.witness})


class _Lines:
    """A witness's file, read once from its beginning; sizes grow along it, but for what was told twice."""

    def __init__(self, path: Path) -> None:
        self._lines = self._read(path)
        self._next: Sourced | None = next(self._lines, None)

    def upto(self, size: int | None) -> Iterator[Sourced]:
        """The next heads, as long as they are of at most this size; a line that is no head goes with them."""
        while self._next is not None:
            told = self._next[1].get("size")
            if size is not None and type(told) is int and told > size:
                return
            found, self._next = self._next, next(self._lines, None)
            yield found

    @staticmethod
    def _read(path: Path) -> Iterator[Sourced]:
        with path.open("rb") as lines:
            for number, line in enumerate(lines, start=1):
                try:
                    head = json.loads(line)
                except ValueError:
                    head = None
                yield f"{path.name}:{number}", head if isinstance(head, dict) else {}


def _witness_files() -> Iterator[Path]:
    """Files named as witnesses; one that cannot be read is the copying's failure, and told there."""
    for witness in copying.TRAIL_WITNESSES.get().split():
        path = Path(unquote(urlsplit(witness).path))
        if urlsplit(witness).scheme == "file" and path.is_file():
            yield path
