"""The timeline of an object: entries told in words, each with its mark."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, db
from chassis.actor import SYSTEM, Actor
from chassis.events import TYPES
from contracts import roles, stories
from services.projects.trail import leaf, merkle, nodes, queries
from services.projects.trail.head_queries import at_edge, number_of
from services.projects.trail.models import TrailEntry

# Facts of events that people want to read; everything else is in the entry itself.
FACTS = {
    "title": ("名称", "title"),
    "name": ("名称", "name"),
    "number": ("第几", "number"),
    "amount": ("金额", "amount"),
    "minutes": ("分钟", "minutes"),
    "stars": ("星级", "stars"),
    "score": ("得分", "score"),
    "grade": ("等级", "grade"),
    "status": ("状态", "status"),
    "outcome": ("结论", "outcome"),
    "severity": ("严重程度", "severity"),
    "reason": ("理由", "reason"),
    "line": ("预算项", "budget line"),
    "kind": ("种类", "kind"),
    "starts_at": ("开始", "from"),
    "ends_at": ("结束", "until"),
    "due_on": ("期限", "due"),
    "due_at": ("期限", "due"),
    "held_on": ("日期", "held on"),
    "planned_on": ("日期", "planned for"),
}
SYSTEM_TEXT = ("系统", "the system")
ERASED = ("（内容已依法擦除）", " (the payload was erased)")
LOST = ("一步未能读出，由运维放弃", "A step that could not be read was given up by an operator")


def get_trail_timeline(
    session: Session, *, actor: Actor, subject: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """A page of steps, oldest first; shown to whoever may see the entries themselves."""
    statement = queries.visible(session, select(TrailEntry), actor).where(TrailEntry.subject == subject)
    if cursor is not None:
        statement = statement.where(TrailEntry.index > number_of(cursor))
    size = min(max(limit or 50, 1), db.MAX_PAGE)
    rows = list(session.scalars(statement.order_by(TrailEntry.index).limit(size + 1)))
    more, rows = len(rows) > size, rows[:size]
    marks = verified(session, actor.district_code, rows)
    items = [render(row, mark) for row, mark in zip(rows, marks, strict=True)]
    return {"items": items, "next_cursor": str(rows[-1].index) if more else None}


def verified(session: Session, district_code: str, rows: Sequence[TrailEntry]) -> list[bool]:
    """Whether each row is what its leaf says, and its proof leads to the root of now; all nodes in one query."""
    if not rows:
        return []
    size = nodes.size_of(session, district_code)
    ranges = {row.index: merkle.inclusion_ranges(row.index, size) for row in rows}
    wanted = merkle.needed([(0, size), *(each for found in ranges.values() for each in found)])
    node = nodes.fetch(session, district_code, wanted)
    return [_holds(row, size, ranges[row.index], node) for row in rows]


def _holds(row: TrailEntry, size: int, ranges: Sequence[merkle.Range], node: merkle.Node) -> bool:
    if (row.payload is None) != (row.salt is None):
        return False
    if row.payload is not None and leaf.commitment(row.salt or b"", row.payload) != row.commitment:
        return False
    hashed = merkle.leaf_hash(leaf.leaf_bytes(queries.hashed_fields(row)))
    try:
        reached = merkle.root_from_inclusion(row.index, size, hashed, merkle.prove(ranges, node))
        return hashed == row.leaf_hash and reached == merkle.range_root(0, size, node)
    except KeyError:  # a node is missing: nothing is proven
        return False


def render(row: TrailEntry, mark: bool) -> dict[str, Any]:
    """A step in words."""
    facts = {} if row.payload is None else json.loads(row.payload)["facts"]
    who, what = _who(row), _what(row)
    told = list(_facts(facts))
    erased = row.payload is None
    return {
        "index": row.index,
        "event_id": row.event_id,
        "event": row.event,
        "source": row.source,
        "at": at_edge(row.occurred_at),
        "actor_account_id": row.actor_account_id,
        "who_zh": who[0],
        "who_en": who[1],
        "what_zh": what[0],
        "what_en": what[1],
        "line_zh": _line(who[0], what[0], told, "zh") + (ERASED[0] if erased else ""),
        "line_en": _line(who[1], what[1], told, "en") + (ERASED[1] if erased else ""),
        "facts": told,
        "evidence": _evidence(facts),
        "street_codes": row.street_codes,
        "erased": erased,
        "verified": mark,
    }


def _who(row: TrailEntry) -> tuple[str, str]:
    """By role: whose account it is, registry knows."""
    if row.actor_role is None:
        return "（已擦除）", "somebody (erased)"
    if row.actor_role == SYSTEM:
        return SYSTEM_TEXT
    return roles.TEXTS.get(row.actor_role, row.actor_role), row.actor_role.replace("_", " ")


def _what(row: TrailEntry) -> tuple[str, str]:
    if row.tombstone:
        return LOST
    return stories.chinese(row.event), stories.english(TYPES.get(row.event), row.event)


def _facts(facts: dict[str, Any]) -> list[dict[str, str]]:
    found = []
    for name, (zh, en) in FACTS.items():
        value = facts.get(name)
        if name == "amount" and type(facts.get("amount_fen")) is int:
            fen = facts["amount_fen"]
            value = f"{'-' if fen < 0 else ''}{abs(fen) // 100}.{abs(fen) % 100:02d}"
        if isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
            told = _local(value) if name.endswith("_at") else str(value)
            found.append({"name": name, "zh": zh, "en": en, "value": told})
    return found


def _local(value: object) -> str:
    """An instant as people there read it: Shanghai's day and minute."""
    try:
        return datetime.fromisoformat(str(value)).astimezone(clock.SHANGHAI).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return str(value)


def _line(who: str, what: str, told: list[dict[str, str]], language: str) -> str:
    zh = language == "zh"
    facts = ("，" if zh else ", ").join(f"{fact[language]} {fact['value']}" for fact in told)
    between = "：" if zh else ": "
    return f"{who}{between}{what}" + ((f"（{facts}）" if zh else f" ({facts})") if facts else "")


def _evidence(facts: dict[str, Any]) -> list[dict[str, Any]]:
    """Files by their content hash, under whichever name the event keeps them."""
    lists = [facts.get("evidence"), facts.get("receipts")]
    return [
        {name: file.get(name) for name in ("sha256", "size", "media_type")}
        for files in lists
        if isinstance(files, list)
        for file in files
        if isinstance(file, dict) and "sha256" in file
    ]
