"""The clients of a rolling restart count what a person would see."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from deploy.local import rolling_clients
from deploy.local.rolling import restartable, verify
from deploy.local.rolling_clients import Client, Commands, RollingError, Tally

Answer = Callable[[httpx.Request], httpx.Response]


def asked(answer: Answer, *requests: tuple[str, str]) -> tuple[Tally, list[Any]]:
    tally = Tally()

    async def ask() -> list[Any]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://gateway") as http:
            client = Client(http, tally)
            return [await client.ask(method, path, {}, key="k") for method, path in requests]

    return tally, asyncio.run(ask())


def one_after_the_other(*answers: httpx.Response | Exception) -> tuple[Answer, list[httpx.Request]]:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        found = answers[min(len(seen), len(answers)) - 1]
        if isinstance(found, Exception):
            raise found
        return found

    return answer, seen


def test_a_failure_is_tried_once_more_with_the_same_key() -> None:
    busy = httpx.Response(503, headers={"Retry-After": "0"}, json={"code": "service_unavailable"})
    answer, seen = one_after_the_other(busy, httpx.Response(201, json={"round_id": "rnd_1"}))
    tally, replies = asked(answer, ("POST", "/v1/rounds"))
    assert replies == [{"round_id": "rnd_1"}]
    assert [request.headers["Idempotency-Key"] for request in seen] == ["k", "k"]
    assert (tally.requests, tally.retried, tally.failed) == (1, 1, [])
    assert tally.first_failures == {"503 service_unavailable": 1}


def test_the_second_failure_is_one_a_person_sees() -> None:
    answer, seen = one_after_the_other(httpx.ReadError("reset"))
    tally, replies = asked(answer, ("POST", "/v1/rounds"))
    assert replies == [None]
    assert len(seen) == 2
    assert tally.failed == ["POST /v1/rounds: ReadError"]


def test_a_refusal_ends_the_run() -> None:
    answer, _ = one_after_the_other(httpx.Response(422, json={"code": "request_invalid"}))
    with pytest.raises(RollingError, match="request_invalid"):
        asked(answer, ("POST", "/v1/rounds"))


def test_the_client_waits_no_longer_than_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(rolling_clients.asyncio, "sleep", sleep)
    busy = httpx.Response(503, headers={"Retry-After": "30"}, json={})
    answer, _ = one_after_the_other(busy, httpx.Response(200, json={}))
    asked(answer, ("GET", "/v1/offers"))
    assert waited == [2.0]


def test_what_was_lost_doubled_or_never_sent_is_found() -> None:
    tally = Tally(accepted={"/v1/organisations": {"t-1": "a", "t-2": "b"}, "/v1/rounds": {"t-1": "c"}})
    rows = {
        "/v1/organisations": [{"name": "t-2"}, {"name": "t-2"}, {"name": "somebody else's"}],
        "/v1/needs": [{"title": "t-9"}],
        "/v1/rounds": [{"name": "t-1"}],
    }

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"items": rows[request.url.path], "next_cursor": None})

    async def look() -> dict[str, dict[str, int]]:
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://gateway") as http:
            return await verify(Client(http, tally), Commands("t", "org_1"), tally)

    found = asyncio.run(look())
    assert found["/v1/organisations"] == {"accepted": 2, "rows": 2, "missing": 1, "doubled": 1, "unknown": 0}
    assert found["/v1/needs"]["unknown"] == 1
    assert found["/v1/rounds"] == {"accepted": 1, "rows": 1, "missing": 0, "doubled": 0, "unknown": 0}


def test_every_process_but_the_peers_is_restarted() -> None:
    state = {"processes": [{"spec": name} for name in ("peers", "projects", "projects", "gateway-cloud")]}
    assert restartable(state) == ["projects", "gateway-cloud"]
