"""Makes the district's keys at first start; what exists is never touched.

`python -m deploy.local.keys [folder]`, default FOOTPRINT_VAR/secrets. Files, each mode 600:
token.pem, trail.pem and internal.pem (Ed25519, PKCS 8), each with its .pub.pem, data.key, notify.key, files.key and
payee.key, resources.key (32 random bytes, base64), admin-password.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deploy.local.layout import district_layout


def write_private(path: Path, content: bytes) -> None:
    """Whole or not at all: a key file cut short would look like an existing one for ever after."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
    draft.replace(path)


def make_pair(folder: Path, *, name: str) -> None:
    private = folder / f"{name}.pem"
    if private.exists():
        key = serialization.load_pem_private_key(private.read_bytes(), password=None)
    else:
        key = Ed25519PrivateKey.generate()
        pkcs8 = serialization.PrivateFormat.PKCS8
        plain = serialization.NoEncryption()
        write_private(private, key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
    public = folder / f"{name}.pub.pem"
    if not public.exists():
        info = serialization.PublicFormat.SubjectPublicKeyInfo
        write_private(public, key.public_key().public_bytes(serialization.Encoding.PEM, info))


def make_keys(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("token", "trail", "internal"):
        make_pair(folder, name=name)
    for name in ("data.key", "notify.key", "files.key", "payee.key", "resources.key"):
        if not (folder / name).exists():
            write_private(folder / name, base64.b64encode(secrets.token_bytes(32)) + b"\n")
    if not (folder / "admin-password").exists():
        write_private(folder / "admin-password", secrets.token_urlsafe(12).encode() + b"\n")


if __name__ == "__main__":
    make_keys(Path(sys.argv[1]) if len(sys.argv) > 1 else district_layout().secrets)
