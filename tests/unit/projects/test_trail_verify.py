"""The offline verifier: it accepts what is true and names what was changed."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from services.projects.trail import canonical, keys, leaf, merkle, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
NOW = datetime(2026, 3, 1, 1, 2, 3, 4, tzinfo=UTC)
SIZE, INDEX = 11, 6


def entry_of(index: int, committed: bytes) -> dict[str, Any]:
    return {
        "v": 1,
        "log": leaf.log_name("370211"),
        "index": index,
        "id": f"evt_{index:026d}",
        "event": "order_delivered",
        "source": "projects",
        "subject": "ord_00000000000000000000000001",
        "version": 7,
        "time": leaf.instant(NOW),
        "commitment": committed.hex(),
    }


def made_receipt() -> dict[str, Any]:
    nodes: dict[merkle.Coordinate, bytes] = {}
    salt = bytes(32)
    payload = leaf.document({"account_id": "acc_1", "role": "cso"}, {"minutes": 60, "done": True, "score": 4.5})
    entries = [entry_of(index, leaf.commitment(salt, payload)) for index in range(SIZE)]
    for index, entry in enumerate(entries):
        hashed = merkle.leaf_hash(leaf.leaf_bytes(entry))
        for level, position, digest in merkle.completed(index, hashed, lambda at, i: nodes[at, i]):
            nodes[level, position] = digest
    node = lambda level, index: nodes[level, index]  # noqa: E731
    root = merkle.range_root(0, SIZE, node)
    return {
        "version": 1,
        "log": leaf.log_name("370211"),
        "index": INDEX,
        "entry": entries[INDEX],
        "leaf_hash": nodes[0, INDEX].hex(),
        "salt": salt.hex(),
        "payload": json.loads(payload),
        "proof": [step.hex() for step in merkle.prove(merkle.inclusion_ranges(INDEX, SIZE), node)],
        "head": dict(keys.sign_head(KEY, log=leaf.log_name("370211"), size=SIZE, root=root, now=NOW)),
        "public_key": keys.public_bytes(KEY).hex(),
    }


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every scalar of the receipt."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*path, name))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from places(inner, (*path, number))
    else:
        yield path


def altered(value: Any) -> Iterator[Any]:
    """Other values of the same and of other types, among them other spellings of the same value."""
    yield from (None, "", [], {})
    if isinstance(value, bool):
        yield from (not value, int(value))
    elif isinstance(value, int):
        yield from (value + 1, value - 1, float(value) + 0.5, str(value), True)
    elif isinstance(value, float):
        yield from (value + 1, str(value))
    elif isinstance(value, str):
        yield from (
            value + "0",
            value[:-1],
            "0" + value[1:] if value[0] != "0" else "1" + value[1:],
            value.upper() + " ",
        )


RECEIPT = made_receipt()


def put(receipt: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    changed: Any = copy.deepcopy(receipt)
    target = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed  # type: ignore[no-any-return]


def test_a_true_receipt_verifies_with_and_without_a_pinned_key() -> None:
    verify.verify_receipt(RECEIPT)
    verify.verify_receipt(RECEIPT, key=keys.public_bytes(KEY))


@pytest.mark.parametrize("path", list(places(RECEIPT)), ids=lambda path: ".".join(map(str, path)))
def test_a_change_of_any_value_is_found(path: tuple[Any, ...]) -> None:
    original: Any = RECEIPT
    for step in path:
        original = original[step]
    for value in altered(original):
        if type(value) is type(original) and value == original:
            continue
        with pytest.raises(verify.ReceiptError):
            verify.verify_receipt(put(RECEIPT, path, value))


@pytest.mark.parametrize("path", [(), ("entry",), ("head",), ("payload",)])
def test_an_unknown_or_missing_field_is_refused(path: tuple[str, ...]) -> None:
    target: Any = RECEIPT
    for step in path:
        target = target[step]
    with pytest.raises(verify.ReceiptError):
        verify.verify_receipt(put(RECEIPT, (*path, "extra"), 1))
    for name in target:
        changed = copy.deepcopy(RECEIPT)
        inner: Any = changed
        for step in path:
            inner = inner[step]
        del inner[name]
        with pytest.raises(verify.ReceiptError):
            verify.verify_receipt(changed)


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("payload", "facts", "minutes"), 600, "entry.commitment"),
        (("salt",), "11" * 32, "entry.commitment"),
        (("entry", "event"), "order_cancelled", "leaf_hash"),
        (("entry", "index"), 5, "entry.index"),
        (("proof", 1), "00" * 32, "proof[0..3]"),
        (("proof", 1), "zz", "proof[1]"),
        (("head", "root"), "00" * 32, "head.signature"),
        (("head", "time"), "2026-03-01T01:02:03.000005Z", "head.signature"),
        (("head", "time"), "2026-03-01T09:02:03.000004+08:00", "head.time"),
        (("head", "signature"), "00" * 64, "head.signature"),
        (("head", "key_id"), "00" * 32, "head.key_id"),
        (("version",), 2, "version"),
        (("extra",), 1, "extra"),
        (("payload",), None, "payload"),
    ],
)
def test_the_message_names_what_fails(path: tuple[Any, ...], value: Any, where: str) -> None:
    with pytest.raises(verify.ReceiptError) as failed:
        verify.verify_receipt(put(RECEIPT, path, value))
    assert failed.value.where == where


def test_steps_added_dropped_or_swapped_are_found() -> None:
    proof = RECEIPT["proof"]
    for changed in (proof[:-1], [*proof, proof[0]], [proof[1], proof[0], *proof[2:]], []):
        with pytest.raises(verify.ReceiptError, match="proof"):
            verify.verify_receipt({**RECEIPT, "proof": changed})


def test_an_erased_payload_leaves_the_receipt_verifiable() -> None:
    verify.verify_receipt({**RECEIPT, "payload": None, "salt": None})


def test_another_key_is_refused_when_one_is_pinned() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    with pytest.raises(verify.ReceiptError, match="public_key"):
        verify.verify_receipt(RECEIPT, key=keys.public_bytes(other))


@pytest.mark.parametrize(
    "data", [b"\xff", b"{", b'{"version":1,"version":1}', b"[1]", b'{"version":NaN}', b"[" * 100_000]
)
def test_what_is_not_strict_json_is_refused(data: bytes) -> None:
    with pytest.raises(verify.ReceiptError):
        verify.verify_receipt(verify.read_receipt(data))


def test_the_order_and_spacing_of_the_file_do_not_matter() -> None:
    text = json.dumps(dict(reversed(RECEIPT.items())), indent=3, ensure_ascii=True)
    verify.verify_receipt(verify.read_receipt(text.encode()))


def test_the_command_line_prints_ok_or_what_fails(tmp_path: Path) -> None:
    good, bad, pem = tmp_path / "receipt.json", tmp_path / "bad.json", tmp_path / "trail.pub.pem"
    good.write_text(canonical.encode(RECEIPT), encoding="utf-8")
    bad.write_text(json.dumps(put(RECEIPT, ("entry", "subject"), "ord_x")), encoding="utf-8")
    pem.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))

    def run(*arguments: str) -> tuple[int, str]:
        command = [sys.executable, "-m", "services.projects.trail.verify", *arguments]
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)  # our own module, no shell
        return done.returncode, done.stdout

    assert run(str(good), "--key", str(pem))[0] == 0
    assert "ok" in run(str(good))[1]
    code, text = run(str(bad))
    assert (code, "leaf_hash" in text) == (1, True)
    assert run(str(tmp_path / "none.json"))[0] == 1


def test_a_payload_nested_deeper_than_it_can_be_read_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deep: list[Any] = []
    for _ in range(900):
        deep = [deep]
    receipt = put(made_receipt(), ("payload", "facts", "minutes"), "DEEP")
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(receipt).replace('"DEEP"', json.dumps(deep)), encoding="utf-8")
    assert verify.main([str(file)]) == 1
    assert "payload: nested too deeply" in capsys.readouterr().out


def test_what_a_file_calls_its_fields_cannot_pass_for_a_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps({**made_receipt(), "x\n校验通过 / ok\x1b[2J": 1}), encoding="utf-8")
    assert verify.main([str(file)]) == 1
    assert capsys.readouterr().out == "校验失败 / FAILED  x\\n校验通过 / ok\\u001b[2J: unknown field\n"


def test_the_verifier_needs_nothing_but_cryptography() -> None:
    script = (
        "import sys, services.projects.trail.verify\n"
        "heavy = {'sqlalchemy', 'marshmallow', 'nameko', 'msgspec', 'chassis'}\n"
        "heavy &= {name.split('.')[0] for name in sys.modules}\n"
        "raise SystemExit(str(heavy) if heavy else 0)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
