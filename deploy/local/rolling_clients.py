"""The clients of a rolling restart: what they send, what they try once more, and what they saw."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx

from chassis import clock
from deploy.local.plan import STREET

LONGEST_PAUSE = 2.0
SIGNED_IN_SECONDS = 400.0
THINK_SECONDS = 0.05
TRY_AGAIN = {429, 500, 502, 503, 504}
READS = ("/v1/dashboard", "/v1/offers?limit=5", "/v1/messages/unread-count", "/v1/rounds?limit=5", "/v1/trail/head")


class RollingError(Exception):
    """The run could not be made; the text is for the operator."""


@dataclass
class Tally:
    """What the clients saw. ``accepted``: path → name → id, of commands answered 201."""

    requests: int = 0
    retried: int = 0
    failed: list[str] = field(default_factory=list)
    first_failures: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, dict[str, str]] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)
    gap: float = 0.0
    last_answer: float = field(default_factory=time.monotonic)

    def answered(self, since: float) -> None:
        now = time.monotonic()
        self.seconds.append(now - since)
        self.gap = max(self.gap, now - self.last_answer)
        self.last_answer = now

    def closed(self) -> Tally:
        """A copy that what follows does not change."""
        return replace(self, seconds=list(self.seconds), failed=list(self.failed))

    def stumbled(self, why: str) -> None:
        self.first_failures[why] = self.first_failures.get(why, 0) + 1


@dataclass
class Person:
    """Who signs in; the token is good at every gateway and for ten minutes."""

    login: str
    password: str
    token: str = ""
    until: float = 0.0
    signing_in: asyncio.Lock = field(default_factory=asyncio.Lock)


class Client:
    """One person at one door."""

    def __init__(self, http: httpx.AsyncClient, tally: Tally, person: Person | None = None) -> None:
        self._http = http
        self._tally = tally
        self._person = person

    async def _headers(self, key: str) -> dict[str, str]:
        person = self._person
        made = {"Idempotency-Key": key} if key else {}
        if person is None:
            return made
        async with person.signing_in:
            if time.monotonic() > person.until:
                anybody = Client(self._http, self._tally)
                known = {"login": person.login, "password": person.password}
                session = await anybody.ask("POST", "/v1/sessions", known)
                if session is None:
                    raise RollingError(f"{person.login} cannot sign in")
                person.token, person.until = session["access_token"], time.monotonic() + SIGNED_IN_SECONDS
        return made | {"Authorization": f"Bearer {person.token}"}

    async def ask(self, method: str, path: str, body: dict[str, Any] | None = None, *, key: str = "") -> Any:
        """The answer's body, or ``None`` when the second try failed too."""
        headers = await self._headers(key)
        self._tally.requests += 1
        began = time.monotonic()
        why = ""
        for attempt in (1, 2):
            answer, why, pause = await self._try(method, path, body, headers)
            if answer is not None:
                self._tally.answered(began)
                return answer
            if attempt == 1:
                self._tally.retried += 1
                self._tally.stumbled(why)
                await asyncio.sleep(pause)
        self._tally.failed.append(f"{method} {path}: {why}")
        return None

    async def _try(
        self, method: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]
    ) -> tuple[Any, str, float]:
        """``(body, "", 0)``, or ``(None, why, seconds to wait)``."""
        try:
            answer = await self._http.request(method, path, json=body, headers=headers)
        except httpx.TransportError as error:
            return None, type(error).__name__, 0.1
        if answer.status_code in TRY_AGAIN:
            asked = answer.headers.get("Retry-After", "")
            pause = min(float(asked), LONGEST_PAUSE) if asked.isdigit() else 0.5
            return None, f"{answer.status_code} {_code(answer)}", pause
        if not answer.is_success:
            raise RollingError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return answer.json(), "", 0.0

    async def pages(self, path: str) -> list[dict[str, Any]]:
        """Every row of a list."""
        rows: list[dict[str, Any]] = []
        cursor = ""
        while True:
            found = await self.ask("GET", f"{path}&limit=200" + (f"&cursor={cursor}" if cursor else ""))
            if found is None:
                raise RollingError(f"cannot read {path}")
            rows += found["items"]
            cursor = found.get("next_cursor") or ""
            if not cursor:
                return rows


def _code(answer: httpx.Response) -> str:
    try:
        return str(answer.json().get("code", ""))
    except ValueError:
        return ""


@dataclass(frozen=True)
class Commands:
    """One command per service that has one to give; ``tag`` is in every name."""

    tag: str
    organisation_id: str

    def organisation(self, name: str) -> dict[str, Any]:
        filed = {"legal_tier": "filed", "filing_number": f"演示-{name}", "responsible_person": "演示"}
        return {"name": name, "kind": "cso", "street_code": STREET, "fields": ["elder_care"], **filed}

    def need(self, name: str) -> dict[str, Any]:
        due = (clock.system_now() + timedelta(days=60)).date().isoformat()
        return {
            "organisation_id": self.organisation_id,
            "kind": "funds",
            "title": name,
            "amount": "9.00",
            "due_on": due,
        }

    def round(self, name: str) -> dict[str, Any]:
        opens = clock.system_now() + timedelta(days=400)
        when = {"opens_at": opens.isoformat(), "closes_at": (opens + timedelta(days=9)).isoformat()}
        return {
            "name": name,
            "scale": "micro",
            "street_code": STREET,
            "fields": ["elder_care"],
            "budget": "9.00",
            **when,
        }

    def all(self) -> list[tuple[str, str, Any]]:
        """``(path, the reply's id, body of a name)``."""
        return [
            ("/v1/organisations", "organisation_id", self.organisation),
            ("/v1/needs", "need_id", self.need),
            ("/v1/rounds", "round_id", self.round),
        ]


async def work(client: Client, number: int, commands: Commands, tally: Tally, over: asyncio.Event) -> None:
    """Commands and reads in turn until told."""
    turn = 0
    while not over.is_set():
        path, id_field, body = commands.all()[turn % 3]
        name = f"{commands.tag}-{number}-{turn}"
        reply = await client.ask("POST", path, body(name), key=name)
        if reply is not None:
            tally.accepted.setdefault(path, {})[name] = reply[id_field]
        await client.ask("GET", READS[turn % len(READS)])
        turn += 1
        await asyncio.sleep(THINK_SECONDS)
