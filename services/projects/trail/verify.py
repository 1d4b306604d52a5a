"""Verify a receipt offline: ``python -m services.projects.trail.verify receipt.json [--key trail.pub.pem]``.

A ballot's receipt (docs/voting.md) is checked too, with ``--closing`` against the trail's receipt of the vote's end.

Needs the standard library and ``cryptography`` only. Exit code 0: it holds; 1: it does not, and the line says which
field, proof step or signature fails.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from services.projects.trail import canonical, heads, leaf, merkle, verify_ballot

Check = Callable[[Any], bool]
_HEX32 = re.compile(r"[0-9a-f]{64}")
_HEX64 = re.compile(r"[0-9a-f]{128}")
_TIME = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]\.[0-9]{6}Z")
LARGEST_PROOF = 64


class ReceiptError(Exception):
    """``where`` names the field, proof step or signature; ``why`` says what is wrong with it."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")
        self.where = where
        self.why = why


def _matches(pattern: re.Pattern[str]) -> Check:
    return lambda value: isinstance(value, str) and pattern.fullmatch(value) is not None


def _count(value: Any) -> bool:
    return type(value) is int and 0 <= value <= canonical.LARGEST


def _name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200


def _one(value: Any) -> bool:
    return type(value) is int and value == leaf.FORMAT


RECEIPT: dict[str, Check] = {
    "version": _one,
    "log": _name,
    "index": _count,
    "entry": lambda value: isinstance(value, dict),
    "leaf_hash": _matches(_HEX32),
    "salt": lambda value: value is None or _matches(_HEX32)(value),
    "payload": lambda value: value is None or isinstance(value, dict),
    "proof": lambda value: isinstance(value, list) and len(value) <= LARGEST_PROOF,
    "head": lambda value: isinstance(value, dict),
    "public_key": _matches(_HEX32),
}
ENTRY: dict[str, Check] = {
    "v": _one,
    "log": _name,
    "index": _count,
    "id": _name,
    "event": _name,
    "source": _name,
    "subject": _name,
    "version": _count,
    "time": _matches(_TIME),
    "commitment": _matches(_HEX32),
}
HEAD: dict[str, Check] = {
    "size": _count,
    "root": _matches(_HEX32),
    "time": _matches(_TIME),
    "key_id": _matches(_HEX32),
    "algorithm": lambda value: isinstance(value, str) and value in heads.ALGORITHMS,
    "signature": _matches(_HEX64),
}


def verify_receipt(receipt: Any, *, key: bytes | None = None) -> None:
    """Raise :class:`ReceiptError` unless the receipt holds. ``key``: the log's raw public key from elsewhere."""
    _check_shape("", receipt, RECEIPT)
    _check_shape("entry.", receipt["entry"], ENTRY)
    _check_shape("head.", receipt["head"], HEAD)
    for step, digest in enumerate(receipt["proof"]):
        if not _matches(_HEX32)(digest):
            raise ReceiptError(f"proof[{step}]", "not 32 bytes in lower-case hex")
    for name in ("log", "index"):
        if receipt["entry"][name] != receipt[name]:
            raise ReceiptError(f"entry.{name}", f"differs from the receipt's own {name}")
    _check_signature(receipt, key)
    _check_commitment(receipt)
    _check_inclusion(receipt)


def _check_shape(prefix: str, value: Any, checks: Mapping[str, Check]) -> None:
    if not isinstance(value, dict):
        raise ReceiptError(prefix.rstrip(".") or "receipt", "not a JSON object")
    for name in value:
        if name not in checks:
            raise ReceiptError(f"{prefix}{name}", "unknown field")
    for name, check in checks.items():
        if name not in value:
            raise ReceiptError(f"{prefix}{name}", "missing")
        if not check(value[name]):
            raise ReceiptError(f"{prefix}{name}", refusal(name, value[name]))


def refusal(name: str, value: object) -> str:
    """Why a value is not taken; an algorithm that is not known is named."""
    if name == "algorithm" and isinstance(value, str):
        return str(heads.UnknownAlgorithmError(value))
    return "not a valid value in its one spelling"


def _check_signature(receipt: Mapping[str, Any], key: bytes | None) -> None:
    public, head = bytes.fromhex(receipt["public_key"]), receipt["head"]
    if key is not None and key != public:
        raise ReceiptError("public_key", "not the key you gave")
    if leaf.key_id(public) != head["key_id"]:
        raise ReceiptError("head.key_id", "not the id of public_key")
    if not heads.holds({**head, "log": receipt["log"]}, receipt["public_key"]):
        raise ReceiptError("head.signature", "does not sign this log, size, root and time")


def _check_commitment(receipt: Mapping[str, Any]) -> None:
    salt, payload = receipt["salt"], receipt["payload"]
    if (salt is None) != (payload is None):
        raise ReceiptError("salt" if salt is None else "payload", "erased without the other")
    if payload is None:
        return
    try:
        text = canonical.encode(payload)
        committed = leaf.commitment(bytes.fromhex(salt), text)
    except RecursionError as error:
        raise ReceiptError("payload", "nested too deeply") from error
    except ValueError as error:
        raise ReceiptError("payload", str(error)) from error
    if committed.hex() != receipt["entry"]["commitment"]:
        raise ReceiptError("entry.commitment", "salt and payload are not what was committed to")


def _check_inclusion(receipt: Mapping[str, Any]) -> None:
    hashed = merkle.leaf_hash(_leaf_bytes(receipt["entry"]))
    if hashed.hex() != receipt["leaf_hash"]:
        raise ReceiptError("leaf_hash", "not the hash of entry: one of its fields was changed")
    proof = [bytes.fromhex(step) for step in receipt["proof"]]
    size, root = receipt["head"]["size"], receipt["head"]["root"]
    if receipt["index"] >= size:
        raise ReceiptError("index", f"not in a log of {size}")
    try:
        reached = merkle.root_from_inclusion(receipt["index"], size, hashed, proof)
    except ValueError as error:
        raise ReceiptError("proof", str(error)) from error
    if reached.hex() != root:
        steps = f"proof[0..{len(proof) - 1}]" if proof else "head.root"
        raise ReceiptError(steps, f"the entry's {len(proof)} steps lead to {reached.hex()}, not to the signed root")


def _leaf_bytes(entry: Mapping[str, Any]) -> bytes:
    try:
        return leaf.leaf_bytes(entry)
    except ValueError as error:
        raise ReceiptError("entry", str(error)) from error


def read_receipt(data: bytes) -> Any:
    """Parse a receipt file; anything but plain UTF-8 JSON without repeated members is refused."""
    try:
        return canonical.decode(data.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ReceiptError("receipt", f"not strict JSON: {error}") from error


def read_key(data: bytes) -> bytes:
    """The raw bytes of an Ed25519 public key in PEM."""
    try:
        key = load_pem_public_key(data)
    except ValueError as error:
        raise ReceiptError("--key", f"not a PEM public key: {error}") from error
    if not isinstance(key, Ed25519PublicKey):
        raise ReceiptError("--key", "not an Ed25519 key")
    return key.public_bytes_raw()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; with ``--heads`` that of :mod:`services.projects.trail.gossip`."""
    arguments = sys.argv[1:] if arguments is None else arguments
    if "--heads" in arguments:
        from services.projects.trail import gossip

        return gossip.main(arguments)
    parser = argparse.ArgumentParser(prog="verify", description="校验留痕回执 / Verify a receipt of the trail, offline")
    parser.add_argument("receipt", type=Path, help="receipt.json")
    parser.add_argument(
        "--key",
        type=Path,
        action="append",
        default=[],
        help="公钥 PEM，可多个 / the log's public key, from a source you trust; its older ones as well",
    )
    parser.add_argument(
        "--closing", type=Path, help="投票截止的留痕回执 / for a ballot: the trail's receipt of vote_closed"
    )
    options = parser.parse_args(arguments)
    try:
        pinned = [read_key(path.read_bytes()) for path in options.key]
        receipt = read_receipt(options.receipt.read_bytes())
        key = _pinned(receipt, pinned)
        if verify_ballot.is_ballot(receipt):
            sys.stdout.write(_verify_ballot(receipt, options.closing, pinned))
            return 0
        verify_receipt(receipt, key=key)
    except OSError as error:
        sys.stdout.write(told(f"读不到文件 / cannot read: {error}"))
        return 1
    except (ReceiptError, verify_ballot.BallotError) as error:
        sys.stdout.write(told(f"校验失败 / FAILED  {error}"))
        return 1
    sys.stdout.write(_summary(receipt, pinned=bool(pinned)))
    return 0


def told(*lines: str) -> str:
    """Lines of ours only: names in a file are the file's, and a line break in one stays visible."""
    plain = ("".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line) for line in lines)
    return "".join(f"{line}\n" for line in plain)


def _pinned(receipt: Any, pinned: Sequence[bytes]) -> bytes | None:
    """The trusted key that the receipt claims; any of them where it claims another."""
    claimed = receipt.get("public_key") if isinstance(receipt, dict) else None
    return next((key for key in pinned if key.hex() == claimed), pinned[0] if pinned else None)


def _verify_ballot(document: Mapping[str, Any], path: Path | None, pinned: Sequence[bytes]) -> str:
    closing = read_receipt(path.read_bytes()) if path else None
    if closing is not None:
        verify_receipt(closing, key=_pinned(closing, pinned))
    verify_ballot.verify(document, closing)
    lines = [f"校验通过 / ok  选票已计入 / the ballot is counted  {document['round_id']}"]
    lines.append(f"  #{document['index']} / {document['size']}  root {document['root']}")
    if closing is None:
        lines.append("  请用 --closing 与留痕比对 / compare root with the trail: --closing receipt.json")
    elif not pinned:
        lines.append("  公钥取自回执本身，请用 --key 比对 / the key is the receipt's own: pin it with --key")
    return told(*lines)


def _summary(receipt: Mapping[str, Any], *, pinned: bool) -> str:
    entry, head = receipt["entry"], receipt["head"]
    lines = [
        f"校验通过 / ok  {entry['event']}  {entry['subject']}  v{entry['version']}  {entry['time']}",
        f"  {receipt['log']}  #{receipt['index']} / {head['size']}",
        f"  root {head['root']}  key {head['key_id'][:16]}…",
    ]
    if receipt["payload"] is None:
        lines.append("  内容已依法擦除 / the payload was erased; the entry's place and commitment hold")
    if not pinned:
        lines.append("  公钥取自回执本身，请用 --key 比对 / the key is the receipt's own: pin it with --key")
    return told(*lines)


if __name__ == "__main__":
    raise SystemExit(main())
