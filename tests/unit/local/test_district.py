"""State, leftovers, keys, plan, control socket, peers: what surrounds the supervisor."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import smtplib
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from deploy.local import __main__ as local
from deploy.local import bootstrap, control, keys, leftovers, plan, serving, steps
from deploy.local.layout import SOCKET_PATH_LIMIT, Layout
from deploy.local.processes import Known, choose_ports, end, read_json, recognise, wait_until, write_json
from deploy.local.servers import ServerError
from deploy.local.supervisor import Spec

PORTS = plan.Addresses(cloud=8000, street=8001, smtp=8025, peers=8026)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    made = Layout(root=tmp_path, var=tmp_path / "var")
    made.make()
    return made


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    yield process
    process.kill()
    process.wait()


def test_a_pid_given_to_somebody_else_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    end(Known(pid=sleeper.pid, started="another time"), seconds=0.2)
    assert sleeper.poll() is None
    known = recognise(sleeper.pid)
    assert known is not None
    end(known, seconds=60)
    assert not known.alive()


def test_leftovers_of_a_killed_supervisor_are_ended(layout: Layout, sleeper: subprocess.Popen[bytes]) -> None:
    known = recognise(sleeper.pid)
    assert known is not None
    stranger = {"pid": os.getpid(), "started": "another time"}
    write_json(layout.state, {"phase": "serving", "processes": [known.as_json(), stranger, {"pid": None}]})
    assert leftovers.end_leftovers(layout, say=lambda _text: None) == 1
    assert sleeper.wait(timeout=60) != 0
    assert not layout.state.exists()


def test_one_data_folder_has_one_supervisor(layout: Layout) -> None:
    lock = leftovers.hold_lock(layout)
    assert leftovers.is_locked(layout)
    with pytest.raises(leftovers.LockedError):
        leftovers.hold_lock(layout)
    os.close(lock)
    assert not leftovers.is_locked(layout)


def test_the_second_of_two_starts_at_once_ends_well(layout: Layout, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own supervisor found the lock held, waited for the first one and left with 0."""
    monkeypatch.setattr(serving.subprocess, "Popen", lambda *_args, **_options: _Ended(0))
    monkeypatch.setattr(serving, "is_serving", lambda _layout: True)
    assert serving.detach(layout) == 0
    monkeypatch.setattr(serving, "is_serving", lambda _layout: False)
    assert serving.detach(layout) == 1


def test_down_during_another_start_says_so(layout: Layout, capsys: pytest.CaptureFixture[str]) -> None:
    lock = leftovers.hold_lock(layout)
    assert local.down(layout, []) == 1
    assert "./run down" in capsys.readouterr().err
    os.close(lock)


class _Ended:
    pid = 0

    def __init__(self, code: int) -> None:
        self.returncode = code

    def poll(self) -> int:
        return self.returncode


def test_an_interpreter_may_lie_in_a_folder_with_a_space(tmp_path: Path) -> None:
    named = tmp_path / "my python" / "python"
    named.parent.mkdir()
    marker = tmp_path / "asked"
    named.write_text(f'#!/bin/sh\n: >"{marker}"\nexec {sys.executable} "$@"\n')
    named.chmod(0o755)
    run = Path(__file__).resolve().parents[3] / "run"
    env = {**os.environ, "FOOTPRINT_PYTHON": str(named)}
    subprocess.run([run, "help"], env=env, capture_output=True, check=True)
    assert marker.exists()


def test_a_state_file_cut_short_reads_as_empty(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text('{"phase": "serv')
    assert read_json(tmp_path / "state.json") == {}


def test_chosen_ports_differ_and_avoid_taken_ones() -> None:
    first = choose_ports(None)[0]
    again = choose_ports(first, first, None)
    assert again[0] == first
    assert len(set(again)) == 3


def test_a_deep_project_keeps_its_sockets_elsewhere(tmp_path: Path) -> None:
    deep = Layout(root=tmp_path, var=tmp_path / ("x" * 90))
    assert len(str(deep.control)) <= SOCKET_PATH_LIMIT


def test_keys_are_made_once_private_and_fit_together(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    keys.make_keys(folder)
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    keys.make_keys(folder)
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    pairs = {f"{name}{end}" for name in ("token", "trail", "internal") for end in (".pem", ".pub.pem")}
    assert set(before) == pairs | {
        "data.key",
        "notify.key",
        "files.key",
        "payee.key",
        "resources.key",
        "admin-password",
    }
    assert {oct(file.stat().st_mode)[-3:] for file in folder.iterdir()} == {"600"}
    assert [len(base64.b64decode(before[name])) for name in ("data.key", "notify.key", "files.key")] == [32] * 3
    assert before["data.key"] != before["notify.key"]
    private = serialization.load_pem_private_key(before["token.pem"], password=None)
    info = serialization.PublicFormat.SubjectPublicKeyInfo
    public = private.public_key().public_bytes(serialization.Encoding.PEM, info)
    assert public == before["token.pub.pem"]


def test_a_lost_public_key_is_made_again_from_its_private_one(tmp_path: Path) -> None:
    keys.make_keys(tmp_path)
    public = (tmp_path / "trail.pub.pem").read_bytes()
    (tmp_path / "trail.pub.pem").unlink()
    keys.make_keys(tmp_path)
    assert (tmp_path / "trail.pub.pem").read_bytes() == public


def district_environment(layout: Layout) -> dict[str, str]:
    return plan.environment(layout=layout, database_url="postgresql://x", addresses=PORTS)


def district_specs(layout: Layout) -> list[Spec]:
    env = district_environment(layout)
    return plan.district_specs(layout=layout, addresses=PORTS, env=env, uri_of=lambda user: f"amqp://{user}@x")


def test_the_plan_is_the_table_of_processes(layout: Layout) -> None:
    specs = district_specs(layout)
    expected = {f"{svc}{kind}" for svc in plan.SERVICES for kind in ("", "-relay", "-jobs")}
    assert {spec.name for spec in specs} == expected | {
        *("projects-trail", "gateway-cloud", "gateway-370211009", "peers"),
    }
    assert all(spec.env["FOOTPRINT_PROCESS"] == spec.name for spec in specs)
    streets = {spec.name: spec.env.get("FOOTPRINT_STREET") for spec in specs if spec.name.startswith("gateway")}
    assert streets == {"gateway-cloud": None, "gateway-370211009": "370211009"}


def test_every_process_connects_to_the_broker_as_its_own_account(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AMQP_URI_FILE", "/a/file/of/the/callers")
    specs = district_specs(layout)
    users = {spec.name: spec.env.get("AMQP_URI") for spec in specs}
    for service in plan.SERVICES:
        assert {users[f"{service}{kind}"] for kind in ("", "-relay", "-jobs")} == {f"amqp://{service}@x"}
    for own in ("projects-trail", "gateway-cloud", "gateway-370211009"):
        assert users[own] == f"amqp://{own}@x"
    assert users["peers"] is None
    assert not any("AMQP_URI_FILE" in spec.env for spec in specs)
    asked = steps.migrations(layout=layout, env=district_environment(layout), uri_of=lambda user: user)
    assert {step.env["AMQP_URI"] for step in asked} == {"migrate"}


OWN_KEYS = ("_SIGNING_KEY_FILE", "DATA_KEY_FILE", "NOTIFY_KEY_FILE", "PAYEE_KEY_FILE", "RESOURCES_KEY_FILE")


def test_signing_keys_are_never_named_to_a_gateway(layout: Layout) -> None:
    specs = district_specs(layout)
    holders: dict[str, set[str]] = {}
    for spec in specs:
        for name in {name for name in spec.env if name.endswith(OWN_KEYS)}:
            holders.setdefault(name, set()).add(spec.name.split("-")[0])
    assert holders == {
        "TOKEN_SIGNING_KEY_FILE": {"registry"},
        "DATA_KEY_FILE": {"registry"},
        "NOTIFY_KEY_FILE": {"notify"},
        "PAYEE_KEY_FILE": {"projects"},
        "RESOURCES_KEY_FILE": {"resources"},
        "TRAIL_SIGNING_KEY_FILE": {"projects"},
        "INTERNAL_SIGNING_KEY_FILE": set(plan.SERVICES),
    }


def test_a_failing_step_says_which_and_shows_its_log(layout: Layout) -> None:
    code = "import sys; print('column is missing'); sys.exit(2)"
    step = steps.Step(name="migrate-projects", argv=(sys.executable, "-c", code))
    with pytest.raises(ServerError, match="column is missing"):
        asyncio.run(steps.run_step(step, layout=layout, gate=asyncio.Semaphore(1)))


def test_the_control_socket_answers_line_by_line(layout: Layout) -> None:
    async def handler(request: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        yield {"heard": request["command"]}
        yield {"ok": True}

    async def whole() -> list[dict[str, Any]]:
        server = await control.serve(path=layout.control, handler=handler)
        found = await asyncio.to_thread(lambda: list(control.ask(layout.control, {"command": "status"}, seconds=60)))
        server.close()
        await server.wait_closed()
        return found

    assert asyncio.run(whole()) == [{"heard": "status"}, {"ok": True}]
    with pytest.raises(control.NotRunningError):
        control.ask_once(layout.control, {"command": "status"})


def fetched(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.load(answer)


def reachable(url: str) -> bool:
    try:
        fetched(url)
    except OSError:
        return False
    return True


def test_the_peers_write_down_each_mail_and_webhook_once(layout: Layout) -> None:
    smtp_port, http_port = choose_ports(None, None)
    env = dict(os.environ, FOOTPRINT_VAR=str(layout.var), PEERS_SMTP_PORT=str(smtp_port))
    env |= {"PEERS_HTTP_PORT": str(http_port), "PYTHONPATH": str(Path(keys.__file__).parents[2])}
    address = f"http://127.0.0.1:{http_port}"
    process = subprocess.Popen([sys.executable, "-m", "deploy.local.peers"], env=env)
    try:
        assert wait_until(lambda: reachable(f"{address}/readyz"), seconds=90)
        with smtplib.SMTP("127.0.0.1", smtp_port, timeout=60) as link:
            link.sendmail("a@x.test", ["b@x.test"], "Subject: =?utf-8?b?5YWs56S6?=\r\n\r\nhello\r\n")
        body = urllib.request.Request(f"{address}/hook", data=b'{"id": 1}', headers={"webhook-id": "m1"})
        fetched_status = fetched_post(body)
        (mail,), (hook,) = fetched(f"{address}/mails"), fetched(f"{address}/webhooks")
    finally:
        process.terminate()
        assert process.wait(timeout=60) == 0
    assert fetched_status == 200
    assert (mail["subject"], mail["rcpt_tos"], mail["text"].strip()) == ("公示", ["b@x.test"], "hello")
    assert (hook["path"], hook["headers"]["webhook-id"], hook["body"]) == ("/hook", "m1", '{"id": 1}')


def fetched_post(request: urllib.request.Request) -> int:
    with urllib.request.urlopen(request, timeout=60) as answer:
        return int(answer.status)


def test_the_development_stamp_also_answers_for_the_runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    for name in (*bootstrap.SETS.values(), bootstrap.NATIVE):
        (tmp_path / name).write_text(name)
    assert not bootstrap.satisfied("runtime")
    bootstrap.stamp("dev").write_text(bootstrap.digest("dev"))
    assert bootstrap.satisfied("runtime")
    assert bootstrap.satisfied("dev")
    (tmp_path / "requirements-dev.txt").write_text("changed")
    assert not bootstrap.satisfied("dev")


def test_waiting_ends_at_its_limit() -> None:
    began = time.monotonic()
    assert not wait_until(lambda: False, seconds=0.2)
    assert time.monotonic() - began < 30
