"""Before anything is measured: that the contestants of ``./run bench http`` do the same work."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote

import psycopg2.extras

from bench import seeded
from bench.stage import CACHED, CORE, ORM, OURS, STOCK, Stage, ask
from chassis import ids
from deploy.local.servers import ServerError

TABLES = (
    "organisation",
    "organisation_change",
    "organisation_identifier",
    "duplicate_check",
    "command_log",
    "subject_version",
    "outbox",
)
_OWN = {"date", "server", "x-request-id", "connection", "cache-status"}
_FRESH = {"organisation_id", "created_at", "trace_id"}
_WRITTEN = {
    "command": "SELECT operation, jsonb_object_keys(reply->'ids') AS kept FROM command_log",
    "history": "SELECT street_code, field, was, became, reason, role FROM organisation_change",
    "row": "SELECT version, status, in_breach, name_key, fields, hub_id, introduction, founded_on, community_code, "
    "legal_form, phone_index, bigrams, search_version FROM organisation WHERE name LIKE '合成压测%'",
}
Answer = tuple[int, dict[str, str], Any]


def check(stage: Stage, *, sample: int = 20) -> list[str]:
    """What was compared; raises ServerError with the first difference."""
    names = (OURS, STOCK, CORE, ORM)
    for path in paths(stage, sample):
        same((*names, CACHED), path, lambda name, path=path: answer(stage, name, "GET", path))  # type: ignore[misc]
    hub = {"Authorization": f"Bearer {stage.keys.token('judge')}"}
    first = f"/v1/organisations/{stage.data.organisations[0]}"
    same(names, "no token", lambda name: answer(stage, name, "GET", first, headers={}))
    same(names, "no right", lambda name: answer(stage, name, "GET", first, headers=hub))
    bad = json.dumps({"name": "x", "kind": "club"}).encode()
    same(names, "bad input", lambda name: answer(stage, name, "POST", "/v1/organisations", body=bad))
    body = new_organisation(stage, 0)
    same(names, "create", lambda name: answer(stage, name, "POST", "/v1/organisations", body=body))
    same(names, "create twice", lambda name: answer(stage, name, "POST", "/v1/organisations", body=body))
    same(names, "rows of a create", lambda name: written(stage, name))
    same(names, "one key, two requests", lambda name: with_key(stage, name))
    compared = f"{sample} organisations, lists, errors, creates and the rows they write, a repeated command"
    return [f"equal before the start, byte for byte but for ids and times: {compared}"]


def paths(stage: Stage, sample: int) -> list[str]:
    """Single rows, lists with every kind of filter, and what does not exist."""
    data = stage.data
    some = data.organisations[:: max(len(data.organisations) // sample, 1)][:sample]
    street = data.streets[0]
    queries = (
        *(
            f"street_code={street}&limit=50",
            f"street_code={street}&limit=7&kind=cso",
            f"limit=3&hub_id={data.hubs[street]}",
        ),
        *(f"limit=5&name={quote('第000123号')}", "limit=4&field=youth", "limit=500", "cursor=nonsense"),
    )
    return [
        *(f"/v1/organisations/{each}" for each in some),
        *(f"/v1/organisations?{query}" for query in queries),
        f"/v1/organisations/{ids.encode('org', ids.new_uuid())}".replace("org_0", "org_1"),
        "/v1/organisations/nonsense",
    ]


def same(names: Sequence[str], what: str, look: Callable[[str], Any]) -> None:
    """Everybody's answer is the first one's."""
    first = look(names[0])
    for name in names[1:]:
        other = look(name)
        if other != first:
            raise ServerError(f"参赛者答复不同 contestants differ at {what}:\n{names[0]}: {first}\n{name}: {other}")


def answer(
    stage: Stage, name: str, method: str, path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    """Status, headers, body; without what is new in every reply."""
    headers = stage.headers() if headers is None else headers
    status, found, raw = ask(stage.contestants[name].port, method, path, headers, body)
    content: Any = json.loads(raw) if raw else {}
    kept = {header: value for header, value in found.items() if header not in _OWN}
    if status == 201 or status >= 400:
        kept = {header: value for header, value in kept.items() if header not in ("etag", "content-length")}
        content = {key: value for key, value in content.items() if key not in _FRESH}
    else:
        content = raw  # byte for byte
    return status, kept, content


def new_organisation(stage: Stage, number: int | str) -> bytes:
    """A filed organisation with every field a filed one may have."""
    street = stage.data.street
    shown = f"{number:08d}" if isinstance(number, int) else number
    body = {
        "name": f"合成压测{shown}号",
        "kind": "cso",
        "legal_tier": "filed",
        "filing_number": f"BC-{shown}",
        "responsible_person": "王小明",
        "phone": "13900000000",
        "fields": ["elder_care", "youth"],
        "street_code": street,
        "community_code": stage.data.communities[street],
        "hub_id": stage.data.hubs[street],
        "introduction": "合成数据，仅供压测。",
        "founded_on": "2020-05-01",
    }
    return json.dumps(body, ensure_ascii=False).encode()


def written(stage: Stage, name: str) -> dict[str, Any]:
    """The rows a create left, without ids and times; and that the relay has sent the event."""
    connection = seeded.connect(stage.servers, stage.database(name))
    found: dict[str, Any] = {"rows": seeded.counts(stage.servers, stage.database(name), TABLES)}
    with connection.cursor(cursor_factory=psycopg2.extras.RealDictCursor) as cursor:
        limit = time.monotonic() + 10
        while (row := _newest(cursor)) is None or row["waits"]:
            if time.monotonic() > limit:
                raise ServerError(f"{name}: 事件未发出 its event was never sent")
            time.sleep(0.1)
        for part, statement in _WRITTEN.items():
            cursor.execute(statement)
            found[part] = [dict(one) for one in cursor.fetchall()]
    connection.close()
    event = {key: row[key] for key in ("name", "district_code", "subject_version")}
    payload = {key: value for key, value in row["payload"].items() if key not in _FRESH}
    return found | {"event": event, "payload": payload, "headers": sorted(row["headers"])}


def _newest(cursor: Any) -> Any:
    waits = "EXISTS (SELECT FROM outbox_waiting WHERE outbox_waiting.position = outbox.position) AS waits"
    cursor.execute(f"SELECT *, {waits} FROM outbox ORDER BY position DESC LIMIT 1")
    return cursor.fetchone()


def with_key(stage: Stage, name: str) -> list[Any]:
    """An idempotency key: the same reply again, and a refusal for another request."""
    headers = stage.headers() | {"Idempotency-Key": "bench-equality"}
    port, path = stage.contestants[name].port, "/v1/organisations"
    replies = [ask(port, "POST", path, headers, new_organisation(stage, number)) for number in (1, 1, 2)]
    again = replies[0][2] == replies[1][2]
    return [[status for status, _, _ in replies], again, json.loads(replies[2][2])["code"]]
