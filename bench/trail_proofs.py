"""Proofs from a long log: random entries and sizes, each answer verified outside of the time that counts."""

from __future__ import annotations

import os
import random
import time
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bench import cpu, trail_rows
from bench.keys import DISTRICT
from bench.load.window import percentile
from bench.machine import resident_mib
from bench.servers import Servers
from chassis import clock
from chassis.actor import Actor
from chassis.runtime.execute import Executor
from services.projects.trail import merkle, nodes, queries, verify
from services.projects.trail.auditing import Audit
from services.projects.trail.models import TrailEntry

COUNT = 2000
READER = Actor(account_id="acc_bench", role="bureau", district_code=DISTRICT)


class Receipt:
    """What somebody is handed: the entry, its proof and a signed head."""

    def ask(self, session: Session, index: int) -> Any:
        return queries.get_receipt(session, actor=READER, now=clock.system_now(), index=index)

    def holds(self, session: Session, answer: Any) -> bool:
        try:
            verify.verify_receipt(answer)
        except verify.ReceiptError:
            return False
        return True


class Inclusion:
    """The proof alone, in the log as it is."""

    def ask(self, session: Session, index: int) -> Any:
        size = nodes.size_of(session, DISTRICT)
        return index, size, nodes.inclusion(session, DISTRICT, index, size)

    def holds(self, session: Session, answer: Any) -> bool:
        index, size, proof = answer
        entry = select(TrailEntry.leaf_hash).where(TrailEntry.district_code == DISTRICT, TrailEntry.index == index)
        hashed = bytes(session.scalars(entry).one())
        return merkle.root_from_inclusion(index, size, hashed, proof) == nodes.root(session, DISTRICT, size)


class Consistency:
    """From a random size to the present one, with both roots."""

    def ask(self, session: Session, index: int) -> Any:
        return queries.get_consistency(session, actor=READER, first=index + 1)

    def holds(self, session: Session, answer: Any) -> bool:
        steps = [bytes.fromhex(step) for step in answer["proof"]]
        first_root = bytes.fromhex(answer["first_root"])
        roots = merkle.roots_from_consistency(answer["first"], answer["second"], first_root, steps)
        return [root.hex() for root in roots] == [answer["first_root"], answer["second_root"]]


KINDS: dict[str, Receipt | Inclusion | Consistency] = {
    "receipt, signed head and all, a proof": Receipt(),
    "inclusion proof": Inclusion(),
    "consistency proof": Consistency(),
}


def load(connection: Any, size: int) -> None:
    """Let the log of this connection's database grow to ``size`` entries; closes it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(index) + 1, 0) FROM trail_entry")
        (now,) = cursor.fetchone()
    trail_rows.Bulk(connection, now).grow_to(size)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) trail_entry, trail_node")
        cursor.execute("CHECKPOINT")
    connection.close()


def audit(trail: Executor, size: int, memory: list[float]) -> dict[str, Any]:
    """One self-audit of the whole log, of rows too old to be looked for in the inbox; ``rate`` is entries a second."""
    found = Audit(trail.readers, DISTRICT, lambda _done, _total: memory.append(resident_mib(os.getpid())))
    began, spent = time.perf_counter(), time.process_time()
    found.run()
    seconds = time.perf_counter() - began
    busy = (time.process_time() - spent) * 1e6 / size
    errors = found.found + abs(size - found.size)
    told = f"findings: {found.kinds()}"
    return {
        "requests": size,
        "rate": size / seconds,
        "errors": errors,
        "first_error": told,
        "cpu_us": {"service": busy},
    }


class Proofs:
    """Asks one after the other, as a service's worker does."""

    def __init__(self, trail: Executor, servers: Servers) -> None:
        self._trail = trail
        self._servers = servers

    def play(self, what: str, size: int, seed: int, count: int) -> dict[str, Any]:
        """Milliseconds by the wall's clock, and the CPU they took; the first tenth warms up."""
        kind, draw, warm = KINDS[what], random.Random(seed), count // 10
        spans: list[float] = []
        errors, busy = 0, 0.0
        before = cpu.snapshot(self._servers.watched())
        for number in range(count + warm):
            wanted = draw.randrange(size)
            with self._trail.readers() as session:
                at, spent = time.perf_counter(), time.process_time()
                answer = kind.ask(session, wanted)
                span = (time.perf_counter() - at) * 1000
                if number >= warm:
                    busy += time.process_time() - spent
                    spans.append(span)
                errors += not kind.holds(session, answer)
        database = cpu.spent(before, cpu.snapshot(self._servers.watched()), requests=count + warm)
        spans.sort()
        return {
            "requests": count,
            "rate": 1000 * count / sum(spans),
            **{f"p{percent}_ms": percentile(spans, percent) for percent in (50, 95, 99)},
            "cpu_us": {"service": busy * 1e6 / count, "database, checks too": database["database"]},
            "errors": errors,
            "first_error": "an answer does not verify",
        }
