"""Figures of an invocation, from the ledgers and the databases: recoveries, lags, a bound on what was not seen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.tables import OutboxEvent, OutboxSent
from tests.faults.load import Ledger
from tests.faults.pair.service import Effect
from tests.faults.world import ROLES, World


def quantile(values: Sequence[float], part: float) -> float | None:
    """The nearest-rank quantile, rounded to milliseconds; ``None`` of nothing."""
    if not values:
        return None
    ranked = sorted(values)
    return round(ranked[min(len(ranked) - 1, math.ceil(part * len(ranked)) - 1)], 3)


def summary(values: Sequence[float]) -> dict[str, float | int | None]:
    return {"p50": quantile(values, 0.5), "p95": quantile(values, 0.95), "count": len(values)}


def troubles(folder: Path) -> list[dict[str, Any]]:
    """What was made to go wrong besides processes dying; nothing in a scenario that has only crash points."""
    return Ledger(folder / "troubles.jsonl").read()


def fault_ends(world: World) -> list[float]:
    """When each process had died, and when each server was back; no command waits for a process of jobs."""
    servers = [
        line["ended"] - line.get("consumers_back", 0.0)
        for line in troubles(world.folder)
        if line["trouble"] in {"broker_away", "database_restart"}
    ]
    deaths = [death for death in world.deaths if "-jobs-" not in death.slot]
    return servers + [death.at for death in deaths if not death.told or death.code != 0]


def recoveries(world: World) -> list[float]:
    """Seconds from each fault's end until a command asked after it had made its whole way.

    A round trip: command at front, event at back, event at front again. Replicas make the recovery from one process's
    death short; that is what they are for.
    """
    asked = {line["asked"]: line["at"] for line in Ledger(world.folder / "commands.jsonl").read() if "asked" in line}
    trips = sorted(
        (asked[key], seen.timestamp()) for key, seen in world.look("front", _round_trips) if key in asked and seen
    )
    found = []
    for end in fault_ends(world):
        later = [seen - end for began, seen in trips if began >= end]
        if later:
            found.append(min(later))
    return found


def _round_trips(session: Session) -> list[tuple[str, datetime]]:
    """Command key and the instant its answer was seen."""
    seen = (
        select(Effect.subject, Effect.value, func.min(Effect.happened_at).label("at"))
        .where(Effect.kind == "seen")
        .group_by(Effect.subject, Effect.value)
        .subquery()
    )
    statement = (
        select(Effect.key, seen.c.at)
        .join(seen, (seen.c.subject == Effect.subject) & (seen.c.value == Effect.value))
        .where(Effect.kind == "command")
    )
    return list(session.execute(statement))


def publish_lags(world: World) -> list[float]:
    """Seconds from recording to the broker's confirm as marked, outages included; held events are not the relay's."""
    found: list[float] = []
    for role in ROLES:
        found += world.look(role, _lags)
    return found


def _lags(session: Session) -> list[float]:
    lag = func.extract("epoch", OutboxSent.sent_at - OutboxEvent.recorded_at)
    sent = select(lag).select_from(OutboxEvent).join(OutboxSent, OutboxSent.positions.contains(OutboxEvent.position))
    return [float(value) for value in session.scalars(sent)]


def upper_bound(events: int, violations: int) -> float | None:
    """95 % upper bound on the rate of violations: 3 / n where none was seen, else Poisson by its normal quantile."""
    if not events:
        return None
    if not violations:
        return 3 / events
    return min(1.0, (violations + 1.645 * math.sqrt(violations) + 2) / events)
