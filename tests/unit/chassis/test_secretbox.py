"""Sealing text under key files: it opens again, only for its column, and across a rotation."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from chassis import secretbox
from chassis.config import Setting


def line() -> bytes:
    return base64.b64encode(os.urandom(32)) + b"\n"


def keys_of(path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> secretbox.Keys:
    path.write_bytes(content)
    monkeypatch.setenv("BOX_KEY_FILE", str(path))
    return secretbox.keys(Setting("BOX_KEY_FILE", "", str, "A key file."))


def test_what_is_sealed_opens_for_its_own_column_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = keys_of(tmp_path / "a", monkeypatch, line())
    sealed = secretbox.seal("whsec_abc", purpose="row.secret", using=keys)
    assert sealed.startswith(f"{keys.current}.")
    assert "abc" not in sealed
    assert sealed != secretbox.seal("whsec_abc", purpose="row.secret", using=keys)
    assert secretbox.reveal(sealed, purpose="row.secret", using=keys) == "whsec_abc"
    with pytest.raises(InvalidTag):
        secretbox.reveal(sealed, purpose="row.note", using=keys)


def test_a_new_first_line_encrypts_and_the_old_one_still_decrypts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = line(), line()
    old = keys_of(tmp_path / "old", monkeypatch, first)
    new = keys_of(tmp_path / "new", monkeypatch, second + first)
    sealed = secretbox.seal("text", purpose="p", using=old)
    assert secretbox.reveal(sealed, purpose="p", using=new) == "text"
    assert new.current != old.current
    assert new.oldest == old.oldest
    gone = keys_of(tmp_path / "gone", monkeypatch, second)
    with pytest.raises(KeyError):
        secretbox.reveal(sealed, purpose="p", using=gone)


@pytest.mark.parametrize("content", [b"", b"not base64!", base64.b64encode(b"short")])
def test_a_file_that_is_no_key_stops_the_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes
) -> None:
    with pytest.raises(SystemExit, match="BOX_KEY_FILE"):
        keys_of(tmp_path / "bad", monkeypatch, content)


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BOX_KEY_FILE", raising=False)
    with pytest.raises(SystemExit, match="BOX_KEY_FILE is not set"):
        secretbox.keys(Setting("BOX_KEY_FILE", "", str, "A key file."))


def test_sm4_gcm_is_that_of_the_standard() -> None:
    """RFC 8998, appendix A.1."""
    box = secretbox.Sm4Gcm.__new__(secretbox.Sm4Gcm)
    box._key = bytes.fromhex("0123456789ABCDEFFEDCBA9876543210")
    nonce = bytes.fromhex("00001234567800000000ABCD")
    about = bytes.fromhex("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2")
    plain = bytes.fromhex("AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD") + bytes.fromhex(
        "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
    )
    secret = bytes.fromhex(
        "17F399F08C67D5EE19D0DC9969C4BB7D5FD46FD3756489069157B282BB200735"
        "D82710CA5C22F0CCFA7CBF93D496AC15A56834CBCF98C397B4024A2691233B8D"
        "83DE3541E4C2B58177E065A9BF7B62EC"
    )
    assert box.encrypt(nonce, plain, about) == secret
    assert box.decrypt(nonce, secret, about) == plain
    with pytest.raises(InvalidTag):
        box.decrypt(nonce, secret[:-1] + b"0", about)


def test_the_cipher_is_a_setting_and_each_reads_what_the_other_sealed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = keys_of(tmp_path / "a", monkeypatch, line())
    aes = secretbox.seal("文字", purpose="p", using=keys)
    monkeypatch.setenv("SEAL_CIPHER", "sm4-gcm")
    sm4 = secretbox.seal("文字", purpose="p", using=keys)
    assert sm4.startswith(f"sm4:{keys.current}.")
    for cipher in ("sm4-gcm", "aes-256-gcm"):
        monkeypatch.setenv("SEAL_CIPHER", cipher)
        assert [secretbox.reveal(one, purpose="p", using=keys) for one in (aes, sm4)] == ["文字"] * 2
    with pytest.raises(InvalidTag):
        secretbox.reveal(sm4, purpose="another", using=keys)
    monkeypatch.setenv("SEAL_CIPHER", "rot13")
    with pytest.raises(SystemExit, match="SEAL_CIPHER"):
        secretbox.seal("text", purpose="p", using=keys)
