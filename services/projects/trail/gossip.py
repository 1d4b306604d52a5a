"""Compare heads that different people hold: ``./run verify --heads FILE_OR_URL … [--log URL] [--key PEM …]``.

A file is what a witness wrote (a head a line, JSON) or a printed head; a URL is a gateway whose published heads, or a
witness whose seen heads, are read. Two roots of one size are a fork. With ``--log`` the log itself is asked for proofs
that the heads of different sizes are one history; without a proof they are not. Exit code 1 names what is wrong.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from services.projects.trail import canonical, heads, leaf, verify

TIMEOUT_SECONDS, PAGE = 20, 200
FEEDS = ("/v1/trail/heads", "/v1/trail/seen-heads")
Sourced = tuple[str, dict[str, Any]]


class GossipError(Exception):
    """Something cannot be read, or does not hold."""


def read(source: str) -> Iterator[Sourced]:
    """The heads of a file or of a gateway, each with where it stands."""
    if source.startswith(("https://", "http://")):
        for feed in FEEDS:
            yield from ((f"{source}{feed}", head) for head in _pages(source.rstrip("/") + feed))
        return
    text = Path(source).read_text(encoding="utf-8")
    try:
        if heads.TITLE in text:
            yield source, heads.read_printed(text)
            return
        for number, line in enumerate(text.splitlines(), start=1):
            if line.strip():
                yield f"{source}:{number}", canonical.decode(line)
    except (ValueError, RecursionError) as error:
        raise GossipError(f"{source}: {error}") from error


def _pages(address: str) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        page = fetch(address, {"limit": PAGE} | ({"cursor": cursor} if cursor else {}))
        try:
            yield from page["items"]
            cursor = page["next_cursor"]
        except (LookupError, TypeError) as error:
            raise GossipError(f"{address}: 不是一页树头 / not a page of heads") from error


def fetch(address: str, query: dict[str, Any]) -> Any:
    """JSON of a gateway; ``None`` where it refuses what was asked (422)."""
    try:
        with urllib.request.urlopen(f"{address}?{urlencode(query)}", timeout=TIMEOUT_SECONDS) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        if error.code == 422:
            return None
        raise GossipError(f"{address}: {error.code}") from error
    except (OSError, ValueError) as error:
        raise GossipError(f"{address}: {error}") from error


def checked(found: Iterable[Sourced], pinned: Sequence[str]) -> list[Sourced]:
    """Only heads that are well spelt and signed: anybody can write down a head that was never signed."""
    rows, known = list(found), {leaf.key_id(bytes.fromhex(key)): key for key in pinned}
    for source, head in rows:
        if not isinstance(head, dict):
            raise GossipError(f"{source}: 不是 JSON 对象 / not a JSON object")
        for name, check in verify.HEAD.items():
            if not check(head.get(name)):
                raise GossipError(f"{source}: head.{name}: {verify.refusal(name, head.get(name))}")
        public = head.get("public_key")
        if not pinned and isinstance(public, str) and verify.RECEIPT["public_key"](public):
            known[leaf.key_id(bytes.fromhex(public))] = public
    for source, head in rows:
        key = known.get(head["key_id"])
        if key is None:
            raise GossipError(f"{source}: 没有这把公钥，请用 --key 给出 / no public key {head['key_id'][:16]}…: --key")
        if not isinstance(head.get("log"), str) or not heads.holds(head, key):
            raise GossipError(f"{source}: 签名不成立 / the signature does not hold")
    return rows


def unproven(rows: Sequence[Sourced], log_url: str) -> list[str]:
    """Pairs of neighbouring sizes for which the log has no proof that the first is the second's beginning.

    Only of that log: a witness's gateway also publishes heads of its own, which no other log can prove.
    """
    wrong, log = [], (fetch(log_url.rstrip("/") + "/v1/trail/head", {}) or {}).get("log")
    sizes = {head["size"]: (source, head) for source, head in rows if head["log"] == log}
    if not sizes:
        raise GossipError(f"{log_url}: 所给树头中没有这个日志的 / none of these heads is of its log {log}")
    ordered = [sizes[size] for size in sorted(sizes)]
    for (source, first), (other, second) in itertools.pairwise(ordered):
        asked = {"first": first["size"], "second": second["size"]}
        answer = fetch(log_url.rstrip("/") + "/v1/trail/consistency", asked)
        if answer is None or answer["log"] != log or not heads.extends(first, second, answer["proof"]):
            named = f"{log}: {first['size']} ({source}) → {second['size']} ({other})"
            wrong.append(f"{named}: 无一致性证明 / no proof leads there")
    return wrong


def report(rows: Sequence[Sourced], log_url: str | None) -> list[str]:
    """A line for each contradiction."""
    lines = []
    for fork in heads.forks(rows):
        lines.append(f"分叉 / FORK  {fork.log}  size {fork.size}")
        lines += [f"  root {root}  {', '.join(holders)}" for root, holders in fork.roots.items()]
    if not lines and log_url:
        lines = [f"分叉 / FORK  {line}" for line in unproven(rows, log_url)]
    return lines


def main(arguments: Sequence[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="verify", description="比对各方保存的树头 / Compare heads that others keep")
    parser.add_argument("--heads", nargs="+", required=True, metavar="FILE_OR_URL")
    parser.add_argument("--log", metavar="URL", help="向日志索取一致性证明 / ask the log itself for proofs")
    parser.add_argument("--key", type=Path, action="append", default=[], help="公钥 PEM / a key of a log, trusted")
    options = parser.parse_args(arguments)
    try:
        pinned = [verify.read_key(path.read_bytes()).hex() for path in options.key]
        rows = checked((row for source in options.heads for row in read(source)), pinned)
        lines = report(rows, options.log)
    except (OSError, UnicodeError, GossipError, verify.ReceiptError) as error:
        sys.stdout.write(verify.told(f"校验失败 / FAILED  {error}"))
        return 1
    if lines:
        sys.stdout.write(verify.told(*lines))
        return 1
    logs = sorted({head["log"] for _, head in rows})
    proven = (
        f"{options.log} 的树头并有一致性证明 / those of {options.log} proven to be one history"
        if options.log
        else "同一长度未见两种树根 / no size has two roots"
    )
    sys.stdout.write(verify.told(f"一致 / ok  {len(rows)} heads of {', '.join(logs) or '–'}；{proven}"))
    return 0
