"""The self-audit: every row read again, the tree grown anew, and compared with nodes, heads and witnesses' files."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from chassis import clock, config
from chassis.tables import InboxEvent
from services.projects.trail import leaf, merkle, naming
from services.projects.trail.audit_heads import KnownHeads
from services.projects.trail.models import TrailNode
from services.projects.trail.naming import Row
from services.projects.trail.walk import Finding, Walk

CHUNK = 4096
MOST_KEPT = 200
HANDLER = "projects-trail.on_event"
Progress = Callable[[int, int], None]
_NODES = text(
    "SELECT n.level, n.index, n.hash FROM unnest(CAST(:levels AS smallint[]), CAST(:lows AS bigint[]),"
    " CAST(:highs AS bigint[])) AS wanted(level, low, high) JOIN trail_node AS n ON n.district_code = :district"
    " AND n.level = wanted.level AND n.index >= wanted.low AND n.index < wanted.high"
)
_GAPS = text(
    "SELECT source, subject, count(*) AS entries, max(subject_version) AS last FROM trail_entry"
    " WHERE district_code = :district GROUP BY source, subject HAVING count(*) <> max(subject_version) LIMIT 200"
)


class Audit:
    """Reads in chunks; keeps the first findings and counts all of them."""

    def __init__(self, sessions: sessionmaker[Session], district_code: str, progress: Progress) -> None:
        self._sessions = sessions
        self._district = district_code
        self._progress = progress
        self.found = 0
        self.findings: list[Finding] = []
        self._wrong: dict[int, tuple[Row, Finding]] = {}
        self.heads = 0
        self.size = 0
        self.root: str | None = None

    def tell(self, finding: Finding) -> None:
        self.found += 1
        if len(self.findings) < MOST_KEPT:
            self.findings.append(finding)

    def kinds(self) -> dict[str, int]:
        """How many findings of which kind; ``more`` counts those that were not kept."""
        counted = dict(Counter(finding["kind"] for finding in self.findings))
        return counted | ({"more": self.found - len(self.findings)} if self.found > len(self.findings) else {})

    def run(self) -> None:
        """Everything, against the log as it is when this begins: later entries are the next audit's."""
        with self._sessions() as session:
            self.size = naming.size_of(session, self._district)
            known = KnownHeads(session, self._district, self.tell)
        walk = Walk(self.tell)
        walk.leaf_believed = self._believe
        for begin in range(0, self.size, CHUNK):
            with self._sessions() as session:
                self._chunk(session, walk, known, begin, min(begin + CHUNK, self.size))
            self._progress(walk.size, self.size)
        self.root = min(walk.possible_roots()) if walk.size else None
        with self._sessions() as session:
            self._look_beyond(session, known)
            self._find_gaps(session)
        self.heads = known.count
        naming.name_all(self._district, self._wrong.values(), set(self._wrong) | self._missing())

    # rows -------------------------------------------------------------------------------------------------------

    def _chunk(self, session: Session, walk: Walk, known: KnownHeads, begin: int, end: int) -> None:
        walk.nodes, walk.roots = self._stored_nodes(session, begin, end), known.stretch(session, begin, end)
        rows = naming.rows(session, self._district, begin, end)
        self._check_heard(session, rows)
        given = {row.index: row for row in rows}
        for index in range(begin, end):
            row = given.get(index)
            if row is None:
                self.tell({"kind": "entry_removed", "index": index})
                walk.leaf()
            else:
                self._read(walk, row)

    def _read(self, walk: Walk, row: Row) -> None:
        hashed = merkle.leaf_hash(leaf.leaf_bytes(row.hashed(self._district)))
        if hashed != row.leaf_hash:
            finding: Finding = {"kind": "entry_changed", "index": row.index, "field": "?", "event_id": row.event_id}
            self.tell(finding)
            if len(self._wrong) < MOST_KEPT:
                self._wrong[row.index] = row, finding
        for name in naming.payload_faults(row):
            self.tell({"kind": "entry_changed", "index": row.index, "field": name, "event_id": row.event_id})
        walk.leaf(*dict.fromkeys((row.leaf_hash, hashed)))

    def _believe(self, index: int, digest: bytes) -> None:
        """The tree confirms one of a row's two hashes; where it is not the stored one, that was changed."""
        row, finding = self._wrong.get(index, (None, None))
        if row is not None and finding is not None and digest != row.leaf_hash:
            finding["field"] = "leaf_hash"

    def _check_heard(self, session: Session, rows: list[Row]) -> None:
        """A row nobody heard of: no event was applied for it, and it is younger than the inbox remembers."""
        since = clock.system_now() - timedelta(days=max(config.INBOX_DAYS.get() - 1, 0))
        young = [row for row in rows if not row.tombstone and row.appended_at >= since]
        wanted = [row.event_id for row in young]
        heard = select(InboxEvent.event_id).where(InboxEvent.handler == HANDLER, InboxEvent.event_id.in_(wanted))
        known = set(session.scalars(heard)) if wanted else set()
        for row in young:
            if row.event_id not in known:
                self.tell({"kind": "entry_added", "index": row.index, "event_id": row.event_id})

    def _missing(self) -> set[int]:
        return {finding["index"] for finding in self.findings if finding["kind"] == "entry_removed"}

    # nodes and gaps ---------------------------------------------------------------------------------------------

    def _stored_nodes(self, session: Session, begin: int, end: int) -> dict[merkle.Coordinate, bytes]:
        """The nodes that the leaves of ``[begin, end)`` complete."""
        levels = [level for level in range(1, max(end.bit_length(), 2)) if end >> level > begin >> level]
        asked = {"district": self._district, "levels": levels}
        asked |= {"lows": [begin >> level for level in levels], "highs": [end >> level for level in levels]}
        rows = session.execute(_NODES, asked)
        return {(level, index): bytes(digest) for level, index, digest in rows}

    def _look_beyond(self, session: Session, known: KnownHeads) -> None:
        """Heads of rows that are not there, and nodes that no leaves complete. The log may have grown meanwhile: what
        is compared is read first, its size after that."""
        later = list(known.beyond(session, self.size))
        last = {}
        for level in range(64):
            mine = TrailNode.district_code == self._district, TrailNode.level == level
            last[level] = session.scalar(select(func.max(TrailNode.index)).where(*mine))
        size = naming.size_of(session, self._district)
        for told, source in later:
            if told > size:
                self.tell({"kind": "rows_missing_at_end", "size": told, "source": source})
        for level, index in last.items():
            if index is not None and (level == 0 or index >= size >> level):
                self.tell({"kind": "node_added", "level": level, "index": index})

    def _find_gaps(self, session: Session) -> None:
        for source, subject, entries, last in session.execute(_GAPS, {"district": self._district}):
            self.tell({"kind": "version_gap", "source": source, "subject": subject, "entries": entries, "last": last})
