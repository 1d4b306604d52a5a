"""The parked command: ``python -m services.<svc> parked [list|show|replay|discard]``, straight to the database.

It works with the gateway, the service and the broker down; the relay sends what was asked for once it can.
"""

from __future__ import annotations

import argparse
import getpass
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from chassis import config, context, db
from chassis.actor import system_actor
from chassis.codes import ChassisCode
from chassis.errors import FootprintError, InvalidError, NotFoundError
from chassis.runtime import parked, parking, retention, settling
from chassis.runtime.execute import new_trace_id
from chassis.runtime.parked import Operator
from chassis.runtime.service import Service
from chassis.tables import Parked

TEXTS = {
    "groups": "按失败指纹分组 groups by failure fingerprint (default)",
    "list": "列出消息 list messages",
    "show": "查看一条 show one, with headers and body",
    "replay": "重放 send back to the queue it failed in",
    "discard": "丢弃，须说明原因 give up, with a reason",
}
DONE = {"replay": "已要求重放 replays asked for:", "discard": "已丢弃 discarded:"}
STATES = {
    "waiting": "待处理",
    "expired": "已过期",
    "replaying": "重放中",
    "replayed": "已重放",
    "discarded": "已丢弃",
}


class Tool:
    """One call of the command."""

    def __init__(self, service: Service, sessions: sessionmaker[Session], options: argparse.Namespace) -> None:
        self.service = service
        self.sessions = sessions
        self.options = options
        self.operator = Operator(who=f"cli:{_user()}"[:60])

    # reading

    def groups(self) -> None:
        rows = list(self._every_page(parked.list_groups))
        self._say(rows, (_group_line(row) for row in rows))

    def list(self) -> None:
        wanted = {"settled": self.options.settled, "fingerprint": self._fingerprint()}
        rows = list(self._every_page(parked.list_messages, **wanted))
        self._say(rows, (_message_line(row) for row in rows))

    def show(self) -> None:
        with self.sessions() as session:
            if self.options.raw:
                body = session.scalar(select(Parked.body).where(Parked.id == self.options.id))
                if body is None:
                    raise NotFoundError(ChassisCode.PARKED_NOT_FOUND)
                sys.stdout.buffer.write(body)
                return
            found = parked.get_message(session, self.operator, self.options.id)
        self._say(found, _detail_lines(found))

    # deciding

    def replay(self) -> None:
        if self.options.id:
            self._decide(lambda session: settling.replay(session, self.operator, self.options.id))
        else:
            fingerprint = self._fingerprint()
            self._in_batches(lambda session: settling.replay_many(session, self.operator, fingerprint=fingerprint))

    def discard(self) -> None:
        discards = getattr(self.service.cls, "discards", {})
        told = {"reason": self.options.reason, "discards": discards}
        if self.options.id:
            self._decide(lambda session: settling.discard(session, self.operator, self.options.id, **told))
        else:
            told |= {"fingerprint": self._fingerprint()}
            self._in_batches(lambda session: settling.discard_many(session, self.operator, **told))

    def _decide(self, work: Callable[[Session], dict[str, Any]]) -> None:
        outcome = self._transact(work)
        self._say(outcome, [f"{outcome['parked_id']}  {_state(outcome['state'])}"])

    def _in_batches(self, work: Callable[[Session], dict[str, int]]) -> None:
        """Each thousand in a transaction of its own."""
        found = self._transact(work)
        done = found["count"]
        while found["remaining"] and found["count"]:
            found = self._transact(work)
            done += found["count"]
        outcome = found | {"count": done}
        late = f"，过期未动 expired, left alone: {outcome['expired']}" if outcome["expired"] else ""
        self._say(outcome, [f"{DONE[self.options.verb]} {done}{late}"])

    # the parts

    def _transact(self, work: Callable[[Session], Any]) -> Any:
        actor = system_actor(self.operator.who, config.DISTRICT.get())
        with self.sessions.begin() as session:
            ctx = context.Context(service=self.service.name, actor=actor, trace_id=new_trace_id())
            context.bind(session, ctx)
            return work(session)

    def _every_page(self, read: Callable[..., dict[str, Any]], **wanted: Any) -> Iterator[dict[str, Any]]:
        cursor: str | None = None
        with self.sessions() as session:
            while True:
                page = read(session, self.operator, cursor=cursor, limit=db.MAX_PAGE, **wanted)
                yield from page["items"]
                cursor = page["next_cursor"]
                if cursor is None:
                    return

    def _fingerprint(self) -> str | None:
        """Typed in full or its first digits, as long as only one begins so."""
        given: str | None = self.options.group
        if given is None:
            return None
        if not re.fullmatch(r"[0-9a-f]{6,64}", given):
            raise InvalidError(ChassisCode.REQUEST_INVALID, fields={"group": ["Six hex digits at least."]})
        with self.sessions() as session:
            found = list(
                session.scalars(select(Parked.fingerprint).where(Parked.fingerprint.startswith(given)).distinct())
            )
        if not found:
            raise NotFoundError(ChassisCode.PARKED_GROUP_NOT_FOUND)
        if len(found) > 1:
            raise InvalidError(ChassisCode.REQUEST_INVALID, fields={"group": [f"{len(found)} begin so: more digits."]})
        return found[0]

    def _say(self, found: Any, lines: Iterable[str]) -> None:
        text = json.dumps(found, ensure_ascii=False, indent=2) if self.options.json else "\n".join(lines)
        sys.stdout.write((text or "无滞留消息 nothing parked") + "\n")


def main(service: Service, arguments: Sequence[str]) -> int:
    """0: done; 1: refused, with the code on stderr."""
    retention.check()
    options = _parse(service, arguments)
    engine = db.make_engine(db.database_url(service.database_name), pool_size=1)
    try:
        getattr(Tool(service, db.make_sessions(engine), options), options.verb)()
    except FootprintError as error:
        details = f"  {json.dumps(error.details, ensure_ascii=False)}" if error.details else ""
        sys.stderr.write(f"{error.zh}。 {error.en}. [{error.code}]{details}\n")
        return 1
    finally:
        engine.dispose()
    return 0


def _parse(service: Service, arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=f"python -m services.{service.name} parked", description="滞留消息 parked messages"
    )
    every = argparse.ArgumentParser(add_help=False)
    every.add_argument("--json", action="store_true")
    parser.set_defaults(verb="groups", json=False)
    parser.add_argument("--json", action="store_true")
    verbs = parser.add_subparsers(dest="verb", metavar="groups|list|show|replay|discard")
    made = {verb: verbs.add_parser(verb, help=text, description=text, parents=[every]) for verb, text in TEXTS.items()}
    made["list"].add_argument("--group", metavar="FINGERPRINT", help="只列该组 only this group")
    made["list"].add_argument("--settled", action="store_true", help="已处理的 those that were settled")
    made["show"].add_argument("id")
    made["show"].add_argument("--raw", action="store_true", help="原样输出正文 the body, byte for byte")
    for verb in ("replay", "discard"):
        which = made[verb].add_mutually_exclusive_group(required=True)
        which.add_argument("id", nargs="?", help="prk_…")
        which.add_argument("--group", metavar="FINGERPRINT", help="一组 a group")
        which.add_argument("--all", action="store_true", help="全部 all of this service")
    made["discard"].add_argument("--reason", required=True, type=_reason)
    options = parser.parse_args(arguments)
    options.verb = options.verb or "groups"
    return options


def _reason(text: str) -> str:
    text = text.strip()
    if not text or len(text) > 500 or parking.storable_text(text) != text:
        raise argparse.ArgumentTypeError("1 至 500 字 1 to 500 characters")
    return text


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return "unknown"


def _state(state: str) -> str:
    return f"{STATES[state]} {state}"


def _group_line(row: Mapping[str, Any]) -> str:
    more = [f"{STATES[name]} {name} {row[name]}" for name in ("expired", "replaying") if row[name]]
    head = f"{row['fingerprint'][:12]}  {row['count']:>6}  {row['queue']}  {'  '.join(more)}".rstrip()
    return f"{head}\n    {row['error']}\n    {row['first_parked_at']} … {row['last_parked_at']}"


def _message_line(row: Mapping[str, Any]) -> str:
    told = f"{row['parked_id']}  {row['parked_at']}  {_state(row['state'])}  {row['queue']}  {row['event_id'] or '-'}"
    settled = f"{row['settled_by']}  {row['settled_at']}  {row['reason'] or ''}".rstrip() if row["settled_at"] else ""
    return "\n    ".join(part for part in (told, row["error"], row["refusal"], settled) if part)


def _detail_lines(found: Mapping[str, Any]) -> Iterator[str]:
    for name, value in found.items():
        if name not in ("headers", "body") and value is not None:
            yield f"{name:<14} {value}"
    yield "headers"
    for name, value in sorted(found["headers"].items()):
        yield f"    {name}: {value}"
    yield f"body\n{found['body']}"
