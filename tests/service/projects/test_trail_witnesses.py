"""Heads, keys and witnesses: what is published, who cosigns what, and that two histories are told apart."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import text

from chassis.actor import public_actor
from chassis.errors import ConflictError, FootprintError, InvalidError, NotFoundError, UnavailableError
from chassis.events import TYPES
from chassis.tables import OutboxEvent
from services.projects.trail import (
    copying,
    gossip,
    head_queries,
    heads,
    keys,
    leaf,
    merkle,
    signing,
    verify,
    witnessing,
)
from services.projects.trail.models_heads import TrailKey
from tests import kit
from tests.service.projects.trail_log import Log, envelope

NEXT_DOOR = "370212"
OTHER = leaf.log_name(NEXT_DOOR)
OTHERS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


@pytest.fixture
def log(trail_key: Ed25519PrivateKey) -> Log:
    return Log()


class Foreign:
    """Another district's log, in memory; ``history`` makes a fork of it."""

    def __init__(self, history: str = "one", common: int = 0) -> None:
        self.nodes: dict[merkle.Coordinate, bytes] = {}
        for index in range(40):
            data = f"{history if index >= common else 'one'} {index}".encode()
            for level, place, digest in merkle.completed(index, merkle.leaf_hash(data), self.node):
                self.nodes[level, place] = digest

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def head(self, size: int, *, key: Ed25519PrivateKey = OTHERS_KEY) -> dict[str, Any]:
        root = merkle.range_root(0, size, self.node)
        return {"log": OTHER, **keys.sign_head(key, log=OTHER, size=size, root=root, now=NOW)}

    def proof(self, first: int, second: int) -> list[str]:
        return [step.hex() for step in merkle.prove(merkle.consistency_ranges(first, second), self.node)]


@pytest.fixture
def witness(log: Log) -> kit.Caller:
    """Somebody who has not signed in, before a log that watches the other one."""
    operator = kit.Caller(log.host, kit.actor("operator"))
    operator("projects.add_trail_peer", log=OTHER, public_key=keys.public_bytes(OTHERS_KEY).hex())
    return kit.Caller(log.host)


def cosign(witness: kit.Caller, head: dict[str, Any], proof: list[str] | None = None) -> dict[str, Any]:
    found: dict[str, Any] = witness("projects.cosign_trail_head", **head, proof=proof or [])
    return found


def test_heads_are_published_oldest_first_and_verify_by_themselves(log: Log) -> None:
    for number in range(1, 6):
        log.hear(envelope("cas_a", number))
        with log.trail.system_session("sign", kit.DISTRICT) as session:
            signing.sign_current_head(session, district_code=kit.DISTRICT, now=NOW)
    anyone = kit.Caller(log.host)
    page = anyone("projects.list_trail_heads", limit=3)
    rest = anyone("projects.list_trail_heads", limit=3, cursor=page["next_cursor"])
    found = page["items"] + rest["items"]
    assert [head["size"] for head in found] == [1, 2, 3, 4, 5]
    assert rest["next_cursor"] is None
    assert all(heads.holds(head, head["public_key"]) for head in found)
    assert [heads.read_printed(head["printed"])["root"] for head in found] == [head["root"] for head in found]


def test_the_newest_kept_head_is_there_to_print_and_any_older_one(log: Log) -> None:
    anyone = kit.Caller(log.host)
    with pytest.raises(NotFoundError, match="trail_head_not_found"):
        anyone("projects.get_trail_notice")
    grow(log, 1, 3)
    grow(log, 4, 9)
    log.hear(envelope("cas_b", 1))  # not signed yet: only what the feed has is printed
    feed = anyone("projects.list_trail_heads")["items"]
    assert [anyone("projects.get_trail_notice", size=size) for size in (3, 9)] == feed
    assert anyone("projects.get_trail_notice") == feed[1]
    with pytest.raises(NotFoundError, match="trail_head_not_found"):
        anyone("projects.get_trail_notice", size=10)


def test_a_head_is_due_after_so_many_entries_or_seconds(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRAIL_HEAD_ENTRIES", "4")
    monkeypatch.setenv("TRAIL_HEAD_SECONDS", "3600")
    anyone = kit.Caller(log.host)

    def sizes() -> list[int]:
        return [head["size"] for head in anyone("projects.list_trail_heads")["items"]]

    log.hear(*(envelope("cas_a", number) for number in range(1, 4)))
    assert sizes() == []
    log.hear(envelope("cas_a", 4))
    assert sizes() == [4]
    log.hear(envelope("cas_a", 5))
    log.sign()
    assert sizes() == [4]
    monkeypatch.setenv("TRAIL_HEAD_SECONDS", "0")
    log.sign()
    assert sizes() == [4, 5]


@pytest.mark.parametrize("content", [None, b"", b"not a key"])
def test_who_cannot_sign_goes_on_appending(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.setenv("TRAIL_HEAD_ENTRIES", "1")
    (tmp_path / "trail.pem").unlink()
    if content is not None:
        (tmp_path / "trail.pem").write_bytes(content)
    log.hear(envelope("cas_a", 1))
    assert len(log.entries()) == 1
    assert kit.Caller(log.host)("projects.list_trail_heads")["items"] == []
    with pytest.raises(UnavailableError, match="trail_key_missing"):
        log.sign()


def test_a_key_is_listed_as_soon_as_it_is_used_again(log: Log, trail_key: Ed25519PrivateKey, tmp_path: Path) -> None:
    """Heads of a time when keys were not listed, and a key put back."""
    log.hear(envelope("cas_a", 1))
    log.sign()
    with log.trail.sessions.begin() as session:
        session.query(TrailKey).delete()
    log.sign()
    anyone = kit.Caller(log.host)
    (head,) = anyone("projects.list_trail_heads")["items"]
    assert head["public_key"] == keys.public_bytes(trail_key).hex()
    first = (tmp_path / "trail.pem").read_bytes()
    replace_key(tmp_path / "trail.pem")
    log.sign()
    (tmp_path / "trail.pem").write_bytes(first)
    log.sign()
    in_use = [key["key_id"] for key in anyone("projects.list_trail_keys")["items"] if key["valid_until"] is None]
    assert in_use == [head["key_id"]]
    with log.trail.sessions() as session:
        assert session.query(OutboxEvent).filter_by(name="trail_key_rotated").count() == 2


def replace_key(path: Path) -> Ed25519PrivateKey:
    key = Ed25519PrivateKey.generate()
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return key


def test_a_new_key_is_an_entry_and_receipts_of_the_old_one_hold(
    log: Log, trail_key: Ed25519PrivateKey, tmp_path: Path
) -> None:
    log.hear(envelope("cas_a", 1))
    log.sign()
    replaced = replace_key(tmp_path / "trail.pem")
    old = log.receipt(0)
    verify.verify_receipt(old, key=keys.public_bytes(trail_key))
    log.hear(envelope("cas_a", 2))
    with log.trail.system_session("sign", kit.DISTRICT) as session:
        signing.sign_current_head(session, district_code=kit.DISTRICT, now=NOW)
    verify.verify_receipt(log.receipt(1), key=keys.public_bytes(replaced))
    listed = kit.Caller(log.host)("projects.list_trail_keys")["items"]
    assert {key["key_id"]: key["valid_until"] is None for key in listed} == {
        leaf.key_id(keys.public_bytes(trail_key)): False,
        leaf.key_id(keys.public_bytes(replaced)): True,
    }
    with log.trail.sessions() as session:
        told = session.query(OutboxEvent).filter_by(name="trail_key_rotated").one()
    assert told.payload["key_id"] == leaf.key_id(keys.public_bytes(replaced))
    assert told.payload["previous_key_ids"] == [leaf.key_id(keys.public_bytes(trail_key))]
    assert TYPES["trail_key_rotated"].owner == "projects"


def test_a_head_that_extends_the_last_one_is_cosigned(witness: kit.Caller, trail_key: Ed25519PrivateKey) -> None:
    other = Foreign()
    first = cosign(witness, other.head(7))
    second = cosign(witness, other.head(20), other.proof(7, 20))
    assert copying.is_cosigned(other.head(20), second["cosignature"])
    assert not copying.is_cosigned(other.head(21), second["cosignature"])
    assert second["cosignature"]["public_key"] == keys.public_bytes(trail_key).hex()
    assert cosign(witness, other.head(7)) == first
    listed = witness("projects.list_seen_heads", log=OTHER)["items"]
    assert [(head["size"], head["forked"]) for head in listed] == [(7, False), (20, False)]


@pytest.mark.parametrize(
    ("change", "error", "code"),
    [
        ({"algorithm": "sm2-sm3"}, InvalidError, "trail_algorithm_unknown"),
        ({"root": "0" * 64}, InvalidError, "trail_head_signature_invalid"),
        ({"time": "2026-03-01T08:00:00.000001Z"}, InvalidError, "trail_head_signature_invalid"),
        ({"size": 21}, InvalidError, "trail_head_signature_invalid"),
        ({"key_id": "0" * 64}, NotFoundError, "trail_peer_unknown"),
        ({"log": "footprint/370213"}, NotFoundError, "trail_peer_unknown"),
        ({"signature": "0" * 128}, InvalidError, "trail_head_signature_invalid"),
        ({"proof": []}, InvalidError, "trail_head_proof_invalid"),
        ({"proof": ["0" * 64] * 5}, InvalidError, "trail_head_proof_invalid"),
    ],
)
def test_what_is_not_proven_is_not_cosigned(
    witness: kit.Caller, change: dict[str, Any], error: type[FootprintError], code: str
) -> None:
    other = Foreign()
    cosign(witness, other.head(7))
    given = {**other.head(20), "proof": other.proof(7, 20), **change}
    with pytest.raises(error, match=code):
        witness("projects.cosign_trail_head", **given)
    assert len(witness("projects.list_seen_heads")["items"]) == 1


def test_an_older_head_is_refused_with_the_size_that_was_seen(witness: kit.Caller) -> None:
    cosign(witness, Foreign().head(20))
    with pytest.raises(ConflictError, match="trail_head_older") as refused:
        cosign(witness, Foreign().head(7))
    assert refused.value.details["size"] == 20


def test_a_fork_is_kept_told_and_ends_the_witnessing(witness: kit.Caller, log: Log) -> None:
    cosign(witness, Foreign().head(20))
    forked = cosign(witness, Foreign("two", common=10).head(20))
    assert (forked["forked"], forked["cosignature"]) == (True, None)
    assert [head["forked"] for head in witness("projects.list_seen_heads")["items"]] == [True, True]
    with log.trail.sessions() as session:
        told = session.query(OutboxEvent).filter_by(name="trail_fork_found").one()
    assert (told.payload["log"], told.payload["size"], len(told.payload["roots"])) == (OTHER, 20, 2)
    with pytest.raises(ConflictError, match="trail_log_forked"):
        cosign(witness, Foreign().head(30), Foreign().proof(20, 30))


def test_only_an_operator_names_peers_and_not_the_log_itself(log: Log) -> None:
    operator = kit.Caller(log.host, kit.actor("operator"))
    key = keys.public_bytes(OTHERS_KEY).hex()
    with pytest.raises(InvalidError, match="trail_peer_is_self"):
        operator("projects.add_trail_peer", log=leaf.log_name(kit.DISTRICT), public_key=key)
    with pytest.raises(InvalidError, match="trail_algorithm_unknown"):
        operator("projects.add_trail_peer", log=OTHER, public_key=key, algorithm="sm2-sm3")
    for _ in range(2):
        operator("projects.add_trail_peer", log=OTHER, public_key=key)
    assert [peer["log"] for peer in operator("projects.list_trail_peers")["items"]] == [OTHER]


# copies ---------------------------------------------------------------------------------------------------------


def grow(log: Log, first: int, last: int) -> None:
    for number in range(first, last + 1):
        log.hear(envelope("cas_a", number))
    with log.trail.system_session("sign", kit.DISTRICT) as session:
        signing.sign_current_head(session, district_code=kit.DISTRICT, now=NOW)


def test_a_file_gets_every_head_once_and_gossip_agrees(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "heads.jsonl"
    monkeypatch.setenv("TRAIL_WITNESSES", file.as_uri())
    projects = log.host.executors["projects"]
    grow(log, 1, 3)
    assert copying.copy_heads(projects) == 1
    grow(log, 4, 9)
    assert copying.copy_heads(projects) == 1
    assert copying.copy_heads(projects) == 0
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["size"] for line in lines] == [3, 9]
    assert verify.main(["--heads", str(file)]) == 0
    operator = kit.Caller(log.host, kit.actor("operator"))
    (told,) = operator("projects.list_trail_witnesses")["items"]
    assert (told["size"], told["behind"], told["failure"]) == (9, 0, None)


def test_a_folder_that_is_not_there_is_a_failure_to_read_and_is_tried_again_later(
    log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRAIL_WITNESSES", (tmp_path / "none" / "heads.jsonl").as_uri())
    grow(log, 1, 3)
    assert copying.copy_heads(log.host.executors["projects"]) == 0
    operator = kit.Caller(log.host, kit.actor("operator"))
    (told,) = operator("projects.list_trail_witnesses")["items"]
    assert (told["size"], told["behind"]) == (0, 3)
    assert "No such file" in told["failure"]


Answer = Callable[[str, dict[str, Any]], tuple[int, Any]]


@pytest.fixture
def served() -> Iterator[Callable[[Answer], str]]:
    """A peer on this machine that answers as the function says."""
    servers: list[ThreadingHTTPServer] = []

    def serve(answer: Answer) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._reply({})

            def do_POST(self) -> None:
                self._reply(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def _reply(self, given: dict[str, Any]) -> None:
                status, made = answer(self.path, given)
                body = json.dumps(made).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: Any) -> None:
                """Quiet."""

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


REFUSALS = {InvalidError: 422, ConflictError: 409, NotFoundError: 404}


class District:
    """The log of the district next door: the same service under another code, with a key of its own."""

    def __init__(self, log: Log, folder: Path) -> None:
        self.executor = log.host.executors["projects"]
        self.pem = folder / "others.pem"
        self.pem.write_bytes(OTHERS_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self.key = kit.Caller(log.host)("projects.list_trail_heads")["items"][0]["public_key"]
        with self.executor.system_session("peer", NEXT_DOOR) as session:
            named = {"log": leaf.log_name(kit.DISTRICT), "algorithm": "ed25519", "public_key": self.key}
            witnessing.add_trail_peer(session, actor=self.actor, now=NOW, **named)

    actor = public_actor(NEXT_DOOR)

    def __call__(self, path: str, head: dict[str, Any]) -> tuple[int, Any]:
        assert path == "/v1/trail/seen-heads"
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TRAIL_SIGNING_KEY_FILE", str(self.pem))
            try:
                with self.executor.system_session("cosign", NEXT_DOOR) as session:
                    return 200, witnessing.cosign_trail_head(session, actor=self.actor, now=NOW, **head)
            except tuple(REFUSALS) as refused:
                return REFUSALS[type(refused)], {"code": refused.code, "details": refused.details}

    def seen(self) -> list[dict[str, Any]]:
        with self.executor.readers() as session:
            found: list[dict[str, Any]] = head_queries.list_seen_heads(session, actor=self.actor)["items"]
        return found


def told(head: dict[str, Any]) -> dict[str, Any]:
    return {name: head[name] for name in ("log", *leaf.HEAD_FIELDS)}


def test_the_district_next_door_cosigns_and_its_signature_is_published(
    log: Log, served: Callable[[Answer], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(log, 1, 3)
    peer, anyone = District(log, tmp_path), kit.Caller(log.host)
    monkeypatch.setenv("TRAIL_WITNESSES", served(peer))
    projects = log.host.executors["projects"]
    assert copying.copy_heads(projects) == 1
    grow(log, 4, 9)
    proof = anyone("projects.get_consistency", first=3, second=9)["proof"]
    ninth = anyone("projects.list_trail_heads")["items"][1]
    assert peer("/v1/trail/seen-heads", told(ninth) | {"proof": proof})[0] == 200  # now it saw more than is noted here
    grow(log, 10, 12)
    assert copying.copy_heads(projects) == 2
    found = anyone("projects.list_trail_heads")["items"]
    assert [[one["witness"] for one in head["cosignatures"]] for head in found] == [[OTHER], [], [OTHER]]
    assert all(copying.is_cosigned(head, one) for head in found for one in head["cosignatures"])
    assert [(head["size"], head["forked"]) for head in peer.seen()] == [(3, False), (9, False), (12, False)]


@pytest.mark.parametrize("more", [0, 3])
def test_the_district_next_door_sees_that_history_was_rewritten(
    log: Log, served: Callable[[Answer], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    grow(log, 1, 12)
    peer = District(log, tmp_path)
    monkeypatch.setenv("TRAIL_WITNESSES", served(peer))
    projects = log.host.executors["projects"]
    assert copying.copy_heads(projects) == 1
    with log.trail.sessions.begin() as session:
        session.execute(text("TRUNCATE trail_entry, trail_node, trail_head, trail_copy, trail_cosignature"))
    log.hear(*(envelope("cas_b", number) for number in range(1, 13 + more)))
    log.sign()
    assert copying.copy_heads(projects) == 0
    (row,) = kit.Caller(log.host, kit.actor("auditor"))("projects.list_trail_witnesses")["items"]
    assert row["failure"] == ("422 trail_head_proof_invalid" if more else "forked")
    assert [head["forked"] for head in peer.seen()] == ([False] if more else [True, True])
    (head,) = kit.Caller(log.host)("projects.list_trail_heads")["items"]
    assert head["cosignatures"] == []


def test_a_cosignature_that_does_not_hold_is_not_kept(
    log: Log, served: Callable[[Answer], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(log, 1, 3)
    peer = District(log, tmp_path)

    def forged(path: str, head: dict[str, Any]) -> tuple[int, Any]:
        status, answer = peer(path, head)
        return status, {**answer, "cosignature": {**answer["cosignature"], "signature": "00" * 64}}

    monkeypatch.setenv("TRAIL_WITNESSES", served(forged))
    assert copying.copy_heads(log.host.executors["projects"]) == 0
    assert kit.Caller(log.host)("projects.list_trail_heads")["items"][0]["cosignatures"] == []


def test_gossip_asks_the_log_for_proofs(
    served: Callable[[Answer], str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = Foreign(), Foreign("two", common=10)
    public = keys.public_bytes(OTHERS_KEY).hex()

    def consistency(path: str, given: dict[str, Any]) -> tuple[int, Any]:
        if path.startswith("/v1/trail/head?"):
            return 200, one.head(33)
        asked = dict(part.split("=") for part in path.partition("?")[2].split("&"))
        first, second = int(asked["first"]), int(asked["second"])
        return 200, {"log": OTHER, "proof": one.proof(first, second)}

    url = served(consistency)
    file = tmp_path / "seen.jsonl"

    def write(*found: dict[str, Any]) -> None:
        file.write_text("".join(json.dumps(head | {"public_key": public}) + "\n" for head in found))

    write(one.head(7), one.head(20), one.head(33))
    assert gossip.main(["--heads", str(file), "--log", url]) == 0
    write(one.head(7), two.head(20), one.head(33))
    assert gossip.main(["--heads", str(file)]) == 0  # sizes differ: without proofs nothing is known
    assert gossip.main(["--heads", str(file), "--log", url]) == 1
    said = capsys.readouterr().out
    assert "FORK" in said
    assert f"{OTHER}: 7" in said
    own = "footprint/370213"  # a witness's gateway publishes heads of its own as well
    rest = [{"log": own, **keys.sign_head(OTHERS_KEY, log=own, size=size, root=bytes(32), now=NOW)} for size in (3, 4)]
    write(one.head(7), one.head(33), *rest)
    assert gossip.main(["--heads", str(file), "--log", url]) == 0
    write(*rest)
    assert gossip.main(["--heads", str(file), "--log", url]) == 1
    assert "none of these heads" in capsys.readouterr().out
