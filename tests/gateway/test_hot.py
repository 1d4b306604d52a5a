"""Hot reads through the whole gateway: a hit is the reply a miss would have been, and to nobody who may not have it."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.runtime.inprocess import InProcessHost, envelope_of
from chassis.tables import OutboxEvent
from gateway import catalogue
from gateway.api import organisations
from gateway.cache import ReadCache
from services.registry.bootstrap import seed
from tests import kit
from tests.gateway.kit import Client, make_deps
from tests.service.registry.cast import Cast

FIELDS = "/v1/fields"
ORGANISATIONS = "/v1/organisations"
ASKED = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "X-Request-Id": "request-0001"}


@dataclass
class Pair:
    """The same district behind a gateway that keeps replies, and behind one that does not."""

    host: InProcessHost
    keeping: Client
    asking: Client
    told: int = 0

    @property
    def cache(self) -> ReadCache:
        cache = self.keeping.deps.cache
        assert cache is not None
        return cache

    def events_arrive(self) -> None:
        """What the registry told since the last time reaches the gateway."""
        with self.host.executors["registry"].sessions() as session:
            rows = list(session.scalars(select(OutboxEvent).where(OutboxEvent.position > self.told)))
        for row in rows:
            self.told = max(self.told, row.position)
            self.keeping.deps.hub.publish(envelope_of(row))

    def get(self, path: str, token: str | None = None, **headers: str) -> Any:
        return request(self.keeping, "GET", path, token, headers)

    def cached(self, path: str, token: str | None = None) -> str:
        """What ``Cache-Status`` says of one more read: ``hit``, ``fwd=miss`` or nothing."""
        return str(self.get(path, token).headers.get("Cache-Status", "")).removeprefix("footprint; ")


def make_pair(host: InProcessHost, *, street: str = "") -> Pair:
    deps = make_deps(host, routes=organisations.ROUTES, catalogue=catalogue.load(), street=street)
    cache = ReadCache(entries=100, size=1_000_000, seconds=60)
    cache.bound()
    return Pair(host, Client(replace(deps, cache=cache)), Client(replace(deps)))


def request(client: Client, method: str, path: str, token: str | None, headers: dict[str, str]) -> Any:
    signed = client if token is None else client.with_token(token)
    return signed.request(method, path, headers={**ASKED, **headers})


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Pair:
    (tmp_path / "data.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("DATA_KEY_FILE", str(tmp_path / "data.key"))
    host = kit.make_host("registry")
    with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
        seed(session, district_code=kit.DISTRICT)
    return make_pair(host)


@pytest.fixture
def cast(pair: Pair) -> Cast:
    return Cast(pair.host)


@pytest.fixture
def bureau() -> str:
    return kit.token(kit.actor("bureau"))


def shown(reply: Any) -> tuple[int, dict[str, str], bytes]:
    """Everything a client sees, besides the header that says where the reply came from."""
    headers = {name.lower(): value for name, value in reply.headers.items()}
    headers.pop("cache-status", None)
    return reply.status_code, headers, reply.content


def everybody(mine: str, other: str) -> dict[str, str | None]:
    """Tokens, good and bad, of people with different scopes."""
    zhuhai, changjiang = {"streets": [kit.ZHUHAI]}, {"streets": [kit.CHANGJIANG]}
    return {
        "nobody": None,
        "bureau": kit.token(kit.actor("bureau")),
        "another of the bureau": kit.token(kit.actor("bureau")),
        "auditor": kit.token(kit.actor("auditor")),
        "judge": kit.token(kit.actor("judge")),
        "street": kit.token(kit.actor("street_staff", **zhuhai)),
        "other street": kit.token(kit.actor("street_staff", **changjiang)),
        "own": kit.token(kit.actor("cso", organisation_id=mine, **zhuhai)),
        "other": kit.token(kit.actor("cso", organisation_id=other, **changjiang)),
        "on behalf": kit.token(kit.actor("cso", organisation_id=mine, on_behalf_of="acc_x", purpose="care")),
        "garbage": "not.a.token",
        "foreign": "".join(reversed(kit.token(kit.actor("bureau")))),
    }


def addresses(mine: str, other: str) -> list[str]:
    one = f"{ORGANISATIONS}/{mine}"
    queries = (
        "",
        "?limit=1",
        "?name=%E5%A4%95",
        "?name=x&name=y",
        "?nonsense=1",
        "?limit=0",
        "?field=elder_care&limit=2",
    )
    return [
        FIELDS,
        f"{FIELDS}/",
        f"{FIELDS}?x=1",
        *(ORGANISATIONS + query for query in queries),
        one,
        f"{one}?organisation_id={mine}",
        f"{one}?x=1",
        f"{ORGANISATIONS}/{other}",
        f"{ORGANISATIONS}/org_nobody",
        f"{ORGANISATIONS}/{mine.upper()}",
        f"{one}/contact",
    ]


@pytest.mark.parametrize("street", ["", kit.ZHUHAI, kit.CHANGJIANG])
def test_kept_replies_differ_in_nothing_from_the_services_own(pair: Pair, cast: Cast, street: str) -> None:
    mine = cast.organisation()["organisation_id"]
    other = cast.organisation("长江路互助社（演示）", kit.CHANGJIANG)["organisation_id"]
    here = make_pair(pair.host, street=street)
    hits = 0
    for path in addresses(mine, other):
        for who, token in everybody(mine, other).items():
            plain = request(here.asking, "GET", path, token, {})
            for _ in range(2):
                kept = request(here.keeping, "GET", path, token, {})
                assert shown(kept) == shown(plain), (who, path)
                hits += kept.headers.get("Cache-Status") == "footprint; hit"
    assert hits > 20


def test_conditional_requests_are_answered_alike(pair: Pair, cast: Cast, bureau: str) -> None:
    path = f"{ORGANISATIONS}/{cast.organisation()['organisation_id']}"
    etag = pair.get(path, bureau).headers["ETag"]
    assert pair.cached(path, bureau) == "hit"
    for asked in (etag, f"W/{etag}", f'"x", {etag}', "*", '"1"', '"1-0000000000000000"', "", "nonsense"):
        plain = request(pair.asking, "GET", path, bureau, {"If-None-Match": asked})
        kept = request(pair.keeping, "GET", path, bureau, {"If-None-Match": asked})
        assert kept.headers["Cache-Status"] == "footprint; hit"
        assert shown(kept) == shown(plain), asked
    assert pair.get(path, bureau, **{"If-None-Match": etag}).status_code == 304
    for method in ("HEAD", "OPTIONS", "PUT"):
        plain, kept = (request(client, method, path, bureau, {}) for client in (pair.asking, pair.keeping))
        assert shown(kept) == shown(plain)


def test_a_revalidation_fills_the_cache_too(pair: Pair, cast: Cast, bureau: str) -> None:
    path = f"{ORGANISATIONS}/{cast.organisation()['organisation_id']}"
    etag = request(pair.asking, "GET", path, bureau, {}).headers["ETag"]
    assert pair.get(path, bureau, **{"If-None-Match": etag}).status_code == 304
    assert pair.cached(path, bureau) == "hit"


def test_an_event_makes_exactly_what_it_spoils_stale(pair: Pair, cast: Cast, bureau: str) -> None:
    mine = cast.organisation()["organisation_id"]
    other = cast.organisation("长江路互助社（演示）", kit.CHANGJIANG)["organisation_id"]
    pair.events_arrive()
    paths = [f"{ORGANISATIONS}/{mine}", f"{ORGANISATIONS}/{other}", ORGANISATIONS, FIELDS]
    for path in paths:
        pair.get(path, bureau)
    assert [pair.cached(path, bureau) for path in paths] == ["hit"] * 4
    cast.bureau("registry.change_organisation", organisation_id=mine, introduction="改了", reason="核实")
    assert pair.get(paths[0], bureau).json["introduction"] == ""  # the event is still on its way
    pair.events_arrive()
    assert [pair.cached(path, bureau) for path in paths] == ["fwd=miss", "hit", "fwd=miss", "hit"]
    assert pair.get(paths[0], bureau).json["introduction"] == "改了"
    cast.bureau("registry.add_field", code="pet_care", zh="宠物", en="Pets")
    pair.events_arrive()
    assert [pair.cached(path, bureau) for path in paths] == ["hit", "hit", "hit", "fwd=miss"]


def test_who_writes_through_a_gateway_reads_it_there_at_once(pair: Pair, cast: Cast, bureau: str) -> None:
    mine = cast.organisation()["organisation_id"]
    path = f"{ORGANISATIONS}/{mine}"
    for address in (path, ORGANISATIONS):
        pair.get(address, bureau)
    change = {"introduction": "改了", "reason": "核实"}
    assert request_json(pair.keeping, path, bureau, change).status_code == 200
    assert pair.get(path, bureau).json["introduction"] == "改了"
    assert pair.get(ORGANISATIONS, bureau).json["items"][0]["introduction"] == "改了"


def request_json(client: Client, path: str, token: str, body: dict[str, Any]) -> Any:
    return client.with_token(token).request("PATCH", path, json=body)


def test_a_hit_asks_for_a_token_that_is_still_good(
    pair: Pair, cast: Cast, bureau: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"{ORGANISATIONS}/{cast.organisation()['organisation_id']}"
    pair.get(path, bureau)
    assert pair.cached(path, bureau) == "hit"
    later = clock.system_now() + timedelta(minutes=11)
    monkeypatch.setattr(clock, "system_now", lambda: later)
    reply = pair.get(path, bureau)
    assert (reply.status_code, reply.json["code"]) == (401, "token_expired")
    assert "Cache-Status" not in reply.headers


def test_a_redirected_reply_is_not_kept_for_its_events_are_anothers(pair: Pair, cast: Cast, bureau: str) -> None:
    survivor, merged = (cast.organisation(name)["organisation_id"] for name in ("甲社", "乙社"))
    ask = {"survivor_id": survivor, "merged_id": merged, "reason": "重复"}
    proposed = cast.street("registry.propose_merge", **ask)
    path = f"{ORGANISATIONS}/{merged}"
    assert pair.cached(path, bureau) == "fwd=miss"
    assert pair.cached(path, bureau) == "hit"
    cast.bureau("registry.approve_merge", merge_id=proposed["merge_id"])
    pair.events_arrive()
    assert pair.get(path, bureau).json["organisation_id"] == survivor
    cast.bureau("registry.change_organisation", organisation_id=survivor, introduction="改了", reason="核实")
    pair.events_arrive()
    assert pair.cached(path, bureau) == "fwd=miss"
    assert pair.get(path, bureau).json["introduction"] == "改了"
    cast.bureau("registry.undo_merge", merge_id=proposed["merge_id"], reason="误并")
    pair.events_arrive()
    assert pair.get(path, bureau).json["organisation_id"] == merged


def test_errors_are_not_kept(pair: Pair, cast: Cast, bureau: str) -> None:
    missing = f"{ORGANISATIONS}/org_{'0' * 26}"
    assert pair.get(missing, bureau).status_code == 404
    assert pair.get(missing, bureau).status_code == 404
    assert len(pair.cache) == 0


def test_without_the_event_queue_every_read_asks_the_service(pair: Pair, cast: Cast, bureau: str) -> None:
    pair.get(FIELDS)
    pair.keeping.deps.hub._on_lost()
    assert (len(pair.cache), pair.cached(FIELDS), pair.cached(FIELDS)) == (0, "", "")
    pair.keeping.deps.hub._on_ready(None)  # type: ignore[arg-type]
    assert (pair.cached(FIELDS), pair.cached(FIELDS)) == ("fwd=miss", "hit")


def test_an_unreadable_event_spoils_everything(pair: Pair) -> None:
    pair.get(FIELDS)
    assert pair.cached(FIELDS) == "hit"

    class Unreadable:
        properties: dict[str, Any] = {}
        body = b"?"

    pair.keeping.deps.hub._on_delivery(Unreadable())  # type: ignore[arg-type]
    assert pair.cached(FIELDS) == "fwd=miss"


def test_hits_are_counted_like_any_other_reply(pair: Pair) -> None:
    before = _samples(pair)
    for _ in range(3):
        pair.get(FIELDS)
    after = _samples(pair)
    assert after["footprint_cache_reads_total hit"] - before.get("footprint_cache_reads_total hit", 0) == 2
    assert after["footprint_cache_reads_total miss"] - before.get("footprint_cache_reads_total miss", 0) == 1
    assert after["latency"] - before.get("latency", 0) == 3
    assert after["footprint_cache_replies"] == 1


def _samples(pair: Pair) -> dict[str, float]:
    found = {}
    for line in pair.keeping.get("/metrics").text.splitlines():
        name, _, value = line.rpartition(" ")
        if name.startswith("footprint_cache_reads_total{"):
            found["footprint_cache_reads_total " + name.partition('"')[2].partition('"')[0]] = float(value)
        elif name == "footprint_cache_replies":
            found[name] = float(value)
        elif name == 'footprint_http_seconds_count{method="GET",route="/v1/fields",status="200"}':
            found["latency"] = float(value)
    return found
