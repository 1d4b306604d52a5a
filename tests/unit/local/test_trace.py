"""./run trace: what logs add, how a tree is printed, and what it says when it cannot answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis.tracing import Step, tree
from deploy.local import trace, trace_logs
from deploy.local.layout import Layout
from deploy.local.trace_notes import notes
from deploy.local.trace_text import Report, as_json, lines

TRACE = "0af7651916cd43dd8448eb211c80319c"
EVENT = "evt_01m89y39pdenrryfpbb3jw84nv"
BEGAN = datetime(2026, 5, 1, 2, 0, tzinfo=UTC)
ACCESS: dict[str, Any] = {
    "event": "request",
    "logger": "gateway.access",
    "timestamp": "2026-05-01T02:00:00.041000Z",
    "process": "gateway-cloud",
    "trace_id": TRACE,
    "request_id": "my-request-7",
    "method": "POST",
    "route": "/v1/proposals/{proposal_id}/submission",
    "status": 200,
    "ms": 41.0,
    "role": "cso",
}


def step(kind: Any, key: str, name: str, ms: float | None, **more: Any) -> Step:
    at = None if ms is None else BEGAN + timedelta(milliseconds=ms)
    return Step(kind=kind, id=key, name=name, service=more.pop("service", "projects"), at=at, **more)


def steps() -> list[Step]:
    event = (EVENT, "proposal_submitted")
    told = {"subject": "prp_1", "version": 2, "district": "370211"}
    sent = BEGAN + timedelta(milliseconds=20)
    waits: Any = {"cause": EVENT, "event": event, "status": "waiting", "service": "notify"}
    return [
        step("handled", f"notify.on_proposal_submitted {EVENT}", "notify.on_proposal_submitted", None, **waits),
        step("event", EVENT, event[1], 9, cause="cmd_1", event=event, status="sent", until=sent, details=told),
        step("command", "cmd_1", "submit_proposal", 3),
    ]


def write(folder: Path, name: str, *written: dict[str, Any]) -> None:
    text = "\n".join(json.dumps(line) for line in written)
    (folder / name).write_text("gunicorn says something that is not JSON\n" + text + "\n{ cut short")


def report(logged: list[dict[str, Any]]) -> Report:
    roots = tree(trace_logs.explained(one, logged) for one in steps())
    return Report(
        asked=TRACE,
        trace_id=TRACE,
        began=BEGAN,
        requests=trace_logs.requests(logged, TRACE),
        roots=roots,
        notes=notes(roots, requests_known=True, others=0),
    )


def test_the_logs_know_the_request_and_the_retries(tmp_path: Path) -> None:
    retried = {"event": "event_retried", "timestamp": "2026-05-01T02:00:01Z", "event_id": EVENT, "trace_id": TRACE}
    retried |= {"queue": "notify.on_proposal_submitted", "tier": "5s"}
    write(tmp_path, "gateway-cloud.log", ACCESS, {**ACCESS, "trace_id": "f" * 32, "request_id": "another-one"})
    write(tmp_path, "notify.log.1", retried)  # rotated
    logged = trace_logs.search(tmp_path, TRACE)
    assert [line["event"] for line in logged] == ["request", "event_retried"]
    assert trace_logs.traces_of(trace_logs.search(tmp_path, "my-request-7"), "my-request-7") == [TRACE]
    assert trace_logs.traces_of(logged, "my-request") == []
    assert list(lines(report(logged))) == [
        f"链路 trace {TRACE}  2026-05-01 10:00:00.000+08:00",
        "请求 request  POST /v1/proposals/{proposal_id}/submission → 200  41.0 ms  gateway-cloud  cso"
        "  X-Request-Id my-request-7",
        "└─ 命令 command  projects.submit_proposal  +3 ms  cmd_1",
        f"   └─ 事件 event  proposal_submitted  prp_1 v2  +9 ms  已发送 sent  +20 ms  {EVENT}",
        "      └─ 处理 handler  notify.on_proposal_submitted  重试中 retrying  重试 retries 1  档 tier 5s",
        "※ 尚有 1 步未完成。 Still open: 1.",
    ]


def test_without_logs_it_says_so_and_the_tree_stands() -> None:
    made = as_json(report([]))
    (command,) = made["steps"]
    (event,) = command["steps"]
    assert (command["after_ms"], event["until_ms"], event["steps"][0]["status"]) == (3.0, 20.0, "waiting")
    assert (made["requests"], made["open"]) == ([], 1)
    assert any("日志" in note for note in notes([], requests_known=False, others=2))


def test_an_event_the_broker_did_not_take_says_why() -> None:
    unsent = step("event", EVENT, "x", 9, event=(EVENT, "x"), status="unsent", details={"subject": "s", "version": 1})
    refused = {"event": "event_not_taken", "event_id": EVENT, "reason": "returned: no queue is bound"}
    assert trace_logs.explained(unsent, [refused]).details["reason"] == "returned: no queue is bound"


def test_what_is_no_longer_known_is_said() -> None:
    roots = tree(
        [
            step("event", EVENT, "x", 9, event=(EVENT, "x"), status="pruned"),
            step("event", "evt_2", "y", 10, cause="cmd_gone", details={"subject": "s", "version": 1}),
        ]
    )
    said = " ".join(notes(roots, requests_known=True, others=0))
    assert "14 days" in said
    assert "30 days" in said


@pytest.mark.parametrize(("asked", "code"), [("短", 2), ("a'; --drop", 2), (TRACE, 3)])
def test_a_bad_id_and_absent_databases_are_answered_clearly(
    asked: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert trace.main(Layout(root=tmp_path, var=tmp_path), [asked]) == code
    assert capsys.readouterr().err
