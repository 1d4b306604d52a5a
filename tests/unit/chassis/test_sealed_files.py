"""Stored files are ciphertext that opens whole or not at all."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis import files
from chassis.sealed_files import CHUNK, MAGIC, DamagedError, Opener, open_whole, seal
from chassis.secretbox import Keys

LENGTHS = st.sampled_from([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 7])


@pytest.fixture(params=["aes-256-gcm", "sm4-gcm"])
def keys(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Keys:
    (tmp_path / "files.key").write_bytes(base64.b64encode(os.urandom(32)))
    monkeypatch.setenv("FILES_KEY_FILE", str(tmp_path / "files.key"))
    monkeypatch.setenv("SEAL_CIPHER", request.param)
    return files.sealed_files.keys() or pytest.fail("no keys")


def sealed(content: bytes, keys: Keys, about: str = "x", step: int = 1000) -> bytes:
    parts = (content[at : at + step] for at in range(0, len(content), step))
    return b"".join(seal(parts, about=about, using=keys))


@settings(max_examples=30, deadline=None)
@given(length=LENGTHS, into=st.integers(1, 200_000), out=st.integers(1, 200_000))
def test_however_it_is_cut_it_opens_to_what_it_was(length: int, into: int, out: int) -> None:
    keys = Keys({"k": AESGCM(bytes(32))}, {}, "k", bytes(32))
    content = os.urandom(length)
    stored = sealed(content, keys, step=into)
    opener = Opener(about="x", using=keys)
    found = b"".join(opener.feed(stored[at : at + out]) for at in range(0, len(stored), out)) + opener.finish()
    assert found == content
    assert content[:64] not in stored or length == 0 or length == 1


def test_what_is_cut_off_swapped_changed_or_anothers_does_not_open(keys: Keys) -> None:
    content = os.urandom(3 * CHUNK)
    stored = sealed(content, keys)
    assert open_whole(stored, about="x", using=keys) == content
    size = len(stored) - 3 * (CHUNK + 16)
    head, first, second = stored[:size], stored[size : size + CHUNK + 16], stored[size + CHUNK + 16 :][: CHUNK + 16]
    rest = stored[size + 2 * (CHUNK + 16) :]
    for wrong in (
        head + first + second,  # cut off at a chunk's end
        stored[:-1],
        head + second + first + rest,
        head + first + first + second + rest,
        stored[:-1] + bytes([stored[-1] ^ 1]),
        b"no such head" + stored,
        MAGIC,
        b"",
    ):
        with pytest.raises(DamagedError):
            open_whole(wrong, about="x", using=keys)
    with pytest.raises(DamagedError):
        open_whole(stored, about="another file", using=keys)


def test_the_store_holds_no_plain_text_and_old_plain_files_stay_readable(
    keys: Keys, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    store, content = files.open_store(), "联系人,13800000000\n".encode() * 9000
    told = files.write(store, content, district="370211", media_type="text/csv", owner="acc_1")
    path = tmp_path / "files" / "370211" / told["sha256"]
    assert b"13800000000" not in path.read_bytes()
    assert files.read(store, district="370211", sha256=told["sha256"], limit=2**20) == content
    assert len(files.read(store, district="370211", sha256=told["sha256"], limit=10) or b"") == 11
    assert files.owners(store, district="370211", sha256=told["sha256"]) == {"acc_1"}
    files.delete(store, district="370211", sha256=told["sha256"])
    assert [one for one in path.parent.rglob("*") if one.is_file()] == []
    assert files.read(store, district="370211", sha256=told["sha256"], limit=10) is None
    with monkeypatch.context() as patch:
        patch.delenv("FILES_KEY_FILE")
        plain = files.write(store, b"old", district="370211", media_type="text/plain")
    assert files.read(store, district="370211", sha256=plain["sha256"], limit=10) == b"old"
