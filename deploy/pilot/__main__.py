"""``./run pilot``: plays the whole story against the running district and ends with a table and checks."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from time import monotonic
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from deploy.pilot import (
    chapter_activity,
    chapter_audit,
    chapter_base,
    chapter_close,
    chapter_community,
    chapter_delivery,
    chapter_growth,
    chapter_lists,
    chapter_orders,
    chapter_people,
    chapter_resources,
    chapter_round,
    chapter_trail,
)
from deploy.pilot.client import ApiError, Person, Session
from deploy.pilot.stage import DEMO_PASSWORD, THREADS, Stage
from services.projects.trail.verify import ReceiptError, verify_receipt


def main() -> int:
    """Exit status 0 when every check is true."""
    console = Console(width=None if sys.stdout.isatty() else 120)
    limits = httpx.Limits(max_connections=THREADS * 2)
    with httpx.Client(timeout=60, limits=limits, trust_env=False) as http:
        stage = open_stage(os.environ, http, console)
        started = monotonic()
        console.print(f"[bold]试点重演 · pilot[/] 370211 青岛西海岸新区，运行号 {stage.run}（演示数据 demo data）")
        try:
            _play(stage)
        except ApiError as error:
            console.print(f"[red]✗[/] {error}")
            console.print("日志 logs: ./run logs <process>；状态 state: ./run status")
            return 1
        _report(stage, monotonic() - started)
    return 1 if stage.checks.failed else 0


def open_stage(environ: Mapping[str, str], http: httpx.Client, console: Console) -> Stage:
    """A stage at the gateways that the environment names."""
    cloud = environ["CLOUD_URL"].rstrip("/")
    password = Path(environ["ADMIN_PASSWORD_FILE"]).read_text().strip()
    return Stage(
        cloud=cloud,
        street=environ["STREET_URL"].rstrip("/"),
        peers=environ["PEERS_URL"].rstrip("/"),
        http=http,
        console=console,
        run=secrets.token_hex(3),
        admin=Session(cloud, http, Person("admin", password)),
        verify=_problems,
    )


def _problems(receipt: dict[str, Any]) -> list[str]:
    try:
        verify_receipt(receipt)
    except ReceiptError as error:
        return [str(error)]
    return []


def _play(stage: Stage) -> None:
    chapter_people.gather_people(stage)
    chapter_base.open_the_base(stage)
    chapter_growth.incubate(stage)
    chapter_round.hold_round(stage)
    chapter_resources.match_resources(stage)
    chapter_orders.service_orders(stage)
    chapter_lists.list_and_grid(stage)
    chapter_activity.hold_activity(stage)
    chapter_community.community_life(stage)
    chapter_delivery.deliver_projects(stage)
    chapter_resources.check_quantities(stage)
    chapter_trail.verify_trail(stage, Path(os.environ.get("FOOTPRINT_VAR", "var")))
    chapter_audit.recompute_decision(stage, Path(os.environ.get("FOOTPRINT_VAR", "var")))
    chapter_close.close_books(stage)


def _report(stage: Stage, seconds: float) -> None:
    table = Table(title="发生了什么 · What happened", title_justify="left", show_header=False)
    table.add_column()
    table.add_column(overflow="fold")
    for what, result in stage.story:
        table.add_row(what, result)
    calls = sum(session.person.calls for session in (stage.admin, *stage.people.values()))
    table.add_row("用时 / 请求 time, requests", f"{seconds:.0f} s / {calls}")
    stage.console.print(table)
    stage.checks.show(stage.console)
    stage.console.print(
        f"云上园区 {stage.cloud}/docs    珠海街道 {stage.street}/docs\n"
        f"演示账号 demo sign-ins（密码 {DEMO_PASSWORD}）："
        + "、".join(stage.login(key) for key in ("bureau", "specialist", "staff", "cso-1", "enterprise", "resident-0"))
    )
    failed = stage.checks.failed
    stage.console.print(
        f"[red]{len(failed)} 项不成立 failed" if failed else f"[green]全部成立 all {len(stage.checks.rows)} checks true"
    )


if __name__ == "__main__":
    sys.exit(main())
