"""Heads that others keep, compared without a server: forks are named, what does not hold is refused by name."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from services.projects.trail import heads, keys, leaf, merkle, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
LOG = leaf.log_name("370211")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def head(size: int, history: str = "one") -> dict[str, Any]:
    root = merkle.leaf_hash(f"{history} {size}".encode())
    signed = keys.sign_head(KEY, log=LOG, size=size, root=root, now=NOW)
    return {"log": LOG, **signed, "public_key": keys.public_bytes(KEY).hex()}


def written(path: Path, *found: dict[str, Any]) -> str:
    path.write_text("".join(json.dumps(each) + "\n" for each in found), encoding="utf-8")
    return str(path)


def test_two_roots_of_one_size_are_a_fork_named_with_who_holds_which(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = written(tmp_path / "mine.jsonl", head(5), head(9))
    theirs = written(tmp_path / "theirs.jsonl", head(5), head(9, "two"))
    assert verify.main(["--heads", mine, theirs]) == 1
    said = capsys.readouterr().out
    assert "FORK" in said
    assert "size 9" in said
    assert "size 5" not in said
    for one, holder in ((head(9), f"{mine}:2"), (head(9, "two"), f"{theirs}:2")):
        assert f"root {one['root']}  {holder}" in said


def test_a_newspapers_clipping_is_a_witness_too(tmp_path: Path) -> None:
    clipping, pem = tmp_path / "clipping.txt", tmp_path / "key.pem"
    pem.write_bytes(KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    clipping.write_text("公告\n" + heads.printed(head(9)), encoding="utf-8")
    kept = written(tmp_path / "kept.jsonl", head(9))
    assert verify.main(["--heads", str(clipping), kept, "--key", str(pem)]) == 0
    other = written(tmp_path / "other.jsonl", head(9, "two"))
    assert verify.main(["--heads", str(clipping), other, "--key", str(pem)]) == 1
    assert verify.main(["--heads", str(clipping)]) == 1  # no key: nobody's word


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("algorithm", "sm2-sm3", "sm2-sm3"),
        ("root", "0" * 64, "signature"),
        ("size", 10, "signature"),
        ("time", "2026-03-01T00:00:00.000001Z", "signature"),
        ("log", "footprint/370212", "signature"),
        ("signature", "0" * 128, "signature"),
        ("key_id", "0" * 64, "public key"),
        ("root", "AB" * 32, "head.root"),
        ("size", "9", "head.size"),
        ("size", True, "head.size"),
    ],
)
def test_a_head_that_does_not_hold_is_refused_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, value: Any, says: str
) -> None:
    file = written(tmp_path / "heads.jsonl", {**head(9), name: value})
    assert verify.main(["--heads", file]) == 1
    assert says in capsys.readouterr().out


def test_a_receipt_with_an_unknown_algorithm_names_it() -> None:
    assert "'sm2-sm3'" in verify.refusal("algorithm", "sm2-sm3")
    with pytest.raises(heads.UnknownAlgorithmError, match="sm2-sm3"):
        heads.is_signed("sm2-sm3", public_key="00" * 32, signature="00" * 64, data=b"")


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "3", "null", "[" * 99_999, heads.TITLE, heads.TITLE + "\nlog a size b time c root d key e"]
)
def test_what_is_no_head_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "heads.txt"
    file.write_text(text + "\n", encoding="utf-8")
    assert verify.main(["--heads", str(file)]) == (0 if text == "" else 1)


@given(st.integers(1, 2**53), st.binary(min_size=32, max_size=32))
def test_the_printed_form_is_read_back_however_it_is_set(size: int, root: bytes) -> None:
    signed = {"log": LOG, **keys.sign_head(KEY, log=LOG, size=size, root=root, now=NOW)}
    text = heads.printed(signed)
    assert heads.read_printed("前文\n" + text) == signed
    assert heads.read_printed(text.replace("\n", " \n ")) == signed
