"""What happened, from the databases and the ledgers alone: what was lost, what happened twice, what differs."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis.tables import OutboxEvent, OutboxWaiting, Parked
from tests.faults import clockwork
from tests.faults.load import Ledger
from tests.faults.pair.service import Effect, Known, Tally
from tests.faults.world import World

HEARS = {"front": ("back", "raised"), "back": ("front", "seen")}  # whose events, who applies them, as which effect
FAILING = {"back": "fail_back", "front": "fail_front"}
LOST = ("lost", "command_lost", "poison_lost", "job_lost", "job_stuck", "timer_lost")
DOUBLED = ("doubled", "command_doubled", "poison_doubled", "job_doubled", "timer_doubled", "turn_doubled")


@dataclass
class Books:
    """One database's rows, read in one transaction."""

    outbox: dict[str, dict[str, Any]]  # event id → payload
    unsent: int
    effects: dict[str, Counter[str]]  # kind → key → how often
    values: dict[str, int]  # command key → value
    subjects: dict[str, dict[str, int]]  # kind → subject → highest value
    parked: list[tuple[str, str | None, str, str | None]]  # queue, event id, sha256 of the body, settled as
    known: dict[str, int]
    tallies: dict[str, int]


def read_books(session: Session) -> Books:
    effects: dict[str, Counter[str]] = defaultdict(Counter)
    subjects: dict[str, dict[str, int]] = defaultdict(dict)
    values: dict[str, int] = {}
    for kind, key, subject, value in session.execute(select(Effect.kind, Effect.key, Effect.subject, Effect.value)):
        effects[kind][key] += 1
        subjects[kind][subject] = max(value, subjects[kind].get(subject, 0))
        if kind == "command":
            values[key] = value
    parked = session.execute(select(Parked.queue, Parked.event_id, Parked.body, Parked.settled_as))
    unsent = select(func.count()).select_from(OutboxWaiting)
    return Books(
        outbox=dict(session.execute(select(OutboxEvent.id, OutboxEvent.payload)).all()),
        unsent=session.scalar(unsent) or 0,
        effects=effects,
        values=values,
        subjects=subjects,
        parked=[(queue, event, hashlib.sha256(body).hexdigest(), how) for queue, event, body, how in parked],
        known=dict(session.execute(select(Known.id, Known.value)).all()),
        tallies=dict(session.execute(select(Tally.id, Tally.value)).all()),
    )


@dataclass
class Verdict:
    """``violations`` counts what must not be, by name; ``examples`` holds a few ids of each."""

    events: int = 0
    effects: int = 0
    commands: int = 0
    parked: int = 0
    waiting: int = 0  # parked and not settled
    jobs: int = 0
    jobs_failed: int = 0  # after all attempts, and saying so
    timers: int = 0
    turns: int = 0
    violations: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def wrong(self, name: str, what: object) -> None:
        self.violations[name] += 1
        if len(self.examples[name]) < 5:
            self.examples[name].append(str(what))

    @property
    def lost(self) -> int:
        return sum(self.violations[name] for name in LOST)

    @property
    def doubled(self) -> int:
        return sum(self.violations[name] for name in DOUBLED)

    @property
    def clean(self) -> bool:
        return not self.violations


def judge(world: World, commands: Ledger, poison: Ledger) -> Verdict:
    """Right only at rest: what is still on its way counts as lost."""
    books = {role: world.look(role, read_books) for role in ("front", "back")}
    found = Verdict()
    for owner, (hearer, kind) in HEARS.items():
        _judge_events(found, world, books[owner], books[hearer], hearer, kind)
    _judge_commands(found, books["front"], commands)
    _judge_poison(found, world, books, poison)
    _judge_states(found, books["front"], books["back"])
    clockwork.judge(found, world, commands)
    return found


def _judge_events(found: Verdict, world: World, owner: Books, hearer: Books, role: str, kind: str) -> None:
    """Effects = events − parked, none twice, none that was never an event, none parked without a reason."""
    applied = hearer.effects[kind]
    queue = world.queues[role]
    waiting = {event for where, event, _, how in hearer.parked if where == queue and how != "replayed"}
    found.events += len(owner.outbox)
    found.effects += sum(applied.values())
    for _ in range(owner.unsent):
        found.wrong("unsent", role)
    for event, payload in owner.outbox.items():
        times = applied[event]
        if times > 1:
            found.wrong("doubled", event)
        elif times == 0 and event not in waiting:
            found.wrong("lost", event)
        elif times == 1 and event in waiting:
            found.wrong("parked_and_applied", event)
        if event in waiting and payload["mood"] != FAILING[role]:
            found.wrong("parked_without_reason", event)
    for event in applied.keys() - owner.outbox.keys():
        found.wrong("invented", event)


def _judge_commands(found: Verdict, front: Books, ledger: Ledger) -> None:
    """One effect for each command that was asked for, and the reply of the first time every time."""
    asked: set[str] = set()
    replies: dict[str, Any] = {}
    for line in ledger.read():
        if "asked" in line:
            asked.add(line["asked"])
            continue
        key = line.get("done") or line["again"]
        if replies.setdefault(key, line["reply"]) != line["reply"]:
            found.wrong("reply_differs", key)
    found.commands = len(asked)
    times = front.effects["command"]
    for key in asked:
        if times[key] > 1:
            found.wrong("command_doubled", key)
        elif times[key] == 0:
            found.wrong("command_lost", key)
        elif key in replies and replies[key].get("value") != front.values[key]:
            found.wrong("reply_differs", key)
        elif key not in replies:
            found.wrong("unanswered", key)
    for key in times.keys() - asked:
        found.wrong("invented", key)


def _judge_poison(found: Verdict, world: World, books: dict[str, Books], ledger: Ledger) -> None:
    """Each poison message is parked once, with the bytes it had; nothing else is parked but failing events."""
    expected = Counter((line["role"], line["sha256"]) for line in ledger.read())
    for role, book in books.items():
        found.parked += len(book.parked)
        found.waiting += sum(how is None for *_, how in book.parked)
        outbox = books["back" if role == "front" else "front"].outbox
        times = Counter(digest for _, event, digest, _ in book.parked if event not in outbox)
        for where, event, _, _ in book.parked:
            if where != world.queues[role]:
                found.wrong("parked_under_another_name", event)
        for (whose, digest), number in expected.items():
            if whose == role and times[digest] < number:
                found.wrong("poison_lost", digest)
            elif whose == role and times[digest] > number:
                found.wrong("poison_doubled", digest)
        for digest in times.keys() - {digest for whose, digest in expected if whose == role}:
            found.wrong("parked_altered", digest)


def _judge_states(found: Verdict, front: Books, back: Books) -> None:
    """In whatever order events came: the copy is what the newest applied event said; the fact is what was commanded."""
    commanded = front.subjects["command"]
    for subject, value in front.tallies.items():
        if value != commanded.get(subject):
            found.wrong("state_differs", f"front {subject}: {value}, commanded {commanded.get(subject)}")
    for subject, value in back.subjects["raised"].items():
        if back.known.get(subject) != value:
            found.wrong("state_differs", f"back {subject}: {back.known.get(subject)}, newest applied {value}")
