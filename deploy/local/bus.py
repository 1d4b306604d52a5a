"""`./run bus`: the state of the bus, straight from the databases and the broker; no gateway, no service is asked.

`./run bus <service> …` is that service's own parked command on the district's database.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from deploy.local import broker, database, report
from deploy.local.layout import Layout
from deploy.local.plan import SERVICES, service_command
from deploy.local.servers import Server, ServerError

FIGURES = {
    "unsent": "未发 unsent",
    "oldest_unsent_seconds": "最早 oldest s",
    "retrying": "重试 retrying",
    "parked": "滞留 parked",
    "parked_expired": "过期 expired",
    "replaying": "重放中 replaying",
}


class NothingRunsError(Exception):
    """Neither the broker nor the database answers."""


def main(layout: Layout, arguments: list[str]) -> int:
    """0: everything could be seen; 1: a part does not answer, and the output says which."""
    _find_servers(layout)
    if arguments and arguments[0] in SERVICES:
        return _settle(layout, arguments[0], arguments[1:])
    parser = argparse.ArgumentParser(prog="./run bus")
    parser.add_argument("--all", "-a", action="store_true", help="空闲队列也列出 idle queues too")
    parser.add_argument("--json", action="store_true")
    parser.epilog = f"./run bus {{{','.join(SERVICES)}}} -h   滞留消息 parked messages"
    chosen = parser.parse_args(arguments)
    found = look()
    if chosen.json:
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        show(found, idle=chosen.all)
    return 1 if found["errors"] else 0


def _find_servers(layout: Layout) -> None:
    """Sets the addresses the chassis reads; starts and fetches nothing. Raises NothingRunsError."""
    given = all(os.environ.get(setting) for setting in ("AMQP_URI", "DATABASE_URL"))
    if not given and not layout.state.exists():  # a supervisor writes it, and a killed one leaves it behind
        raise NothingRunsError
    alive = False
    for setting, provide in (("AMQP_URI", broker.provide), ("DATABASE_URL", database.provide)):
        try:
            server: Server = provide(layout=layout, say=lambda text: None)
            os.environ[setting] = server.url
        except (ServerError, KeyError) as error:  # never started here: no address was written down
            raise NothingRunsError from error
        alive = server.alive() or alive
    if not alive:
        raise NothingRunsError


def _settle(layout: Layout, service: str, arguments: list[str]) -> int:
    os.chdir(layout.root)
    command = service_command(service, "parked", *arguments)
    os.execve(command[0], command, {"LOG_LEVEL": "WARNING", **os.environ})


# looking --------------------------------------------------------------------------------------------------------


def look() -> dict[str, Any]:
    """``{services: {name: figures, groups, queues}, retry: {tier: ready}, errors: [sentence]}``."""
    from contracts.topology import consumed_queues

    errors: list[str] = []
    seen = _queues(errors)
    services = {
        name: {"queues": {queue: seen.get(queue) for queue in queues}} for name, queues in consumed_queues().items()
    }
    for name in SERVICES:
        services[name] |= _database(name, errors)
    retry = {queue: found["ready"] if found else None for queue, found in seen.items() if queue.startswith("retry.")}
    return {"services": services, "retry": retry, "errors": errors}


def _queues(errors: list[str]) -> dict[str, dict[str, int] | None]:
    from chassis import config
    from chassis.runtime.delivery import TIERS
    from chassis.runtime.health import look_at
    from contracts.topology import consumed_queues

    names = [queue for queues in consumed_queues().values() for queue in queues]
    try:
        looks = look_at(config.AMQP_URI.get(), [*names, *(f"retry.{tier}" for tier in TIERS)])
    except Exception as error:
        errors.append(f"消息中间件无应答 the broker does not answer: {type(error).__name__}")
        return {}
    return {name: vars(found) if found else None for name, found in looks.items()}


def _database(service: str, errors: list[str]) -> dict[str, Any]:
    from sqlalchemy.exc import SQLAlchemyError

    from chassis import db
    from chassis.runtime.parked import Operator, list_groups
    from chassis.runtime.standard import bus_state

    engine = db.make_engine(db.database_url(service), pool_size=1)
    try:
        with db.make_sessions(engine)() as session:
            groups = list_groups(session, Operator(who="cli"), limit=db.MAX_PAGE)
            return {
                "figures": bus_state(session),
                "groups": groups["items"],
                "more_groups": bool(groups["next_cursor"]),
            }
    except SQLAlchemyError as error:
        errors.append(
            f"{service} 的数据库无应答或未迁移 its database does not answer or is not migrated: {type(error).__name__}"
        )
        return {}
    finally:
        engine.dispose()


# showing --------------------------------------------------------------------------------------------------------


def show(found: Mapping[str, Any], *, idle: bool) -> None:
    out = report.console()
    out.print(_services_table(found["services"]))
    out.print()
    out.print(_queues_table(found["services"], idle=idle))
    tiers = "  ".join(f"{name.partition('.')[2]} {_number(ready)}" for name, ready in found["retry"].items())
    out.print(f"\n重试层（全区共用） retry tiers, shared: {tiers or '-'}", markup=False)
    groups = [(name, group) for name, one in found["services"].items() for group in one.get("groups", ())]
    if groups:
        out.print()
        out.print(_groups_table(groups))
        out.print("\n./run bus <service> list|show|replay|discard …", markup=False)
    for sentence in found["errors"]:
        print(sentence, file=sys.stderr)


def _services_table(services: Mapping[str, Any]) -> Table:
    table = _table("服务 service", *FIGURES.values(), "排队 queued", "无消费者 no consumer")
    sums = [0.0] * (len(FIGURES) + 2)
    for name, one in services.items():
        known = [queue for queue in one["queues"].values() if queue is not None]
        figures = [one.get("figures", {}).get(figure) for figure in FIGURES]  # the trail's are those of projects
        ready = sum(queue["ready"] for queue in known) if known else None
        row = [*figures, ready, sum(not queue["consumers"] for queue in known) if known else None]
        sums = [total + (value or 0) for total, value in zip(sums, row, strict=True)]
        table.add_row(name, *(_number(value) for value in row))
    sums[1] = max(
        (one.get("figures", {}).get("oldest_unsent_seconds") or 0.0 for one in services.values()), default=0.0
    )
    table.add_row("[dim]合计 total[/]", *(_number(value) for value in sums))
    return table


def _queues_table(services: Mapping[str, Any], *, idle: bool) -> Table:
    """Idle: nothing ready and somebody consumes."""
    table = _table("队列 queue", "排队 ready", "消费者 consumers")
    hidden = 0
    for one in services.values():
        for queue, seen in one["queues"].items():
            if seen is not None and not seen["ready"] and seen["consumers"] and not idle:
                hidden += 1
            elif seen is None:
                table.add_row(queue, "-", "[red]✗ 不存在 missing[/]")
            else:
                consumers = str(seen["consumers"]) if seen["consumers"] else "[red]0[/]"
                table.add_row(queue, str(seen["ready"]), consumers)
    if hidden:
        table.add_row(f"[dim]另有空闲 idle besides: {hidden} (--all)[/]", "0", "")
    return table


def _groups_table(groups: list[tuple[str, Mapping[str, Any]]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("滞留于 parked in", "指纹 fingerprint", "条 count", "队列与错误 queue and error", "最近 last"):
        table.add_column(heading, overflow="fold")
    for name, group in groups:
        about = escape(f"{group['queue']}\n{group['error']}")
        table.add_row(name, group["fingerprint"][:12], str(group["count"]), about, group["last_parked_at"])
    return table


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(first, no_wrap=True)
    for heading in others:
        table.add_column(heading, justify="right")
    return table


def _number(value: float | None) -> str:
    if value is None:
        return "-"
    return str(int(value)) if value == int(value) else f"{value:.1f}"
