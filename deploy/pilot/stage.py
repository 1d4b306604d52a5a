"""What the chapters share: who is signed in, what was made, and how progress is told."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any, TypeVar

import httpx
from rich.console import Console

from deploy.pilot.checks import Checks
from deploy.pilot.client import Person, Session

T = TypeVar("T")
R = TypeVar("R")
THREADS = 6
DAY = 86_400
DEMO_PASSWORD = "demo-footprint-2026"


@dataclass
class Stage:
    """One run of the pilot. ``made`` maps a readable key to the id or view the API answered."""

    cloud: str
    street: str
    peers: str
    http: httpx.Client
    console: Console
    run: str
    admin: Session
    verify: Callable[[dict[str, Any]], list[str]]
    checks: Checks = field(default_factory=Checks)
    people: dict[str, Session] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    story: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(self.run)

    def login(self, key: str) -> str:
        """The login of a demo account of this run."""
        return f"demo-{self.run}-{key}"

    def open_account(self, key: str, role: str, **fields: Any) -> Session:
        """An account of its own, signed in lazily."""
        view = self.admin.post(
            "/v1/accounts",
            login=self.login(key),
            password=DEMO_PASSWORD,
            role=role,
            name=f"演示 {key}",
            must_change_password=False,
            **fields,
        )
        self.accounts[key] = view["account_id"]
        self.people[key] = Session(self.cloud, self.http, Person(self.login(key), DEMO_PASSWORD))
        return self.people[key]

    def zhuhai(self, key: str) -> Session:
        """The same person at Zhuhai Street's own gateway."""
        return self.people[key].at(self.street)

    def together(self, do: Callable[[T], R], items: Iterable[T]) -> list[R]:
        """Several people at once."""
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(do, items))

    def settle(self) -> None:
        """Wait until every event has arrived where it must."""
        self.admin.get("/v1/settlement")

    def advance(self, days: float) -> None:
        """Let days pass on the demonstration's district clock."""
        self.admin.post("/v1/clock/advance", seconds=int(days * DAY))

    def now(self) -> datetime:
        return datetime.fromisoformat(self.admin.get("/v1/clock")["now"])

    def today(self) -> date:
        return self.now().date()

    def day(self, days: int) -> str:
        """The district's day, ``days`` from today."""
        return (self.today() + timedelta(days=days)).isoformat()

    def instant(self, *, days: float = 0, hours: float = 0) -> str:
        return (self.now() + timedelta(days=days, hours=hours)).isoformat()

    def tell(self, what: str, result: object) -> None:
        """A row of the final table."""
        self.story.append((what, str(result)))

    @contextmanager
    def chapter(self, title: str) -> Iterator[None]:
        """Progress: a chapter with its time."""
        started = monotonic()
        with self.console.status(title):
            yield
        self.console.print(f"[green]✓[/] {title}  [dim]{monotonic() - started:.1f} s[/]")
