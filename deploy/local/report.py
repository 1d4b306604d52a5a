"""What the commands print: the table of processes, the addresses, the durations."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.local.plan import STREET

PHASES = {
    "servers": "中间件与数据库 servers",
    "broker": "  消息中间件 broker",
    "database": "  数据库 database",
    "migrate": "迁移 migrations",
    "bootstrap": "导入 bootstrap",
    "processes": "进程就绪 processes ready",
    "total": "合计 total",
}


def console() -> Console:
    """A pipe has no width; 80 columns would cut the names of the processes."""
    return Console(highlight=False, width=None if sys.stdout.isatty() else 110)


def lasted(since: float) -> str:
    seconds = max(0, int(time.time() - since))
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


def process_table(state: dict[str, Any]) -> Table:
    rows = state["processes"]
    replicas: dict[str, int] = {}
    for row in rows:
        replicas[row["spec"]] = replicas.get(row["spec"], 0) + 1
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("进程 process", no_wrap=True)
    for heading in ("pid", "副本 replicas", "运行 uptime", "重启 restarts", "内存 RSS MiB"):
        table.add_column(heading, justify="right")
    table.add_column("就绪 ready")
    for row in rows:
        table.add_row(
            row["name"],
            str(row["pid"] or "-"),
            str(replicas[row["spec"]]),
            lasted(row["started_at"]) if row["pid"] else "-",
            str(row["restarts"]),
            f"{row.get('rss_mib', 0):.0f}",
            "[green]✓[/]" if row["ready"] else "[red]✗[/]",
        )
    total = sum(row.get("rss_mib", 0) for row in rows)
    table.add_row("[dim]合计 total[/]", "", str(len(rows)), "", "", f"{total:.0f}", "")
    return table


def server_lines(state: dict[str, Any]) -> list[str]:
    return [
        f"{server['name']:<9} {server['at']}  {server['kind']}  "
        f"pid {' '.join(map(str, server['pids'])) or '-'}  {server.get('rss_mib', 0):.0f} MiB"
        f"{'' if server.get('alive', True) else '  ✗ 已退出，将重启 ended, will be started again'}"
        for server in state["servers"]
    ]


def print_status(state: dict[str, Any]) -> None:
    out = console()
    out.print(process_table(state))
    for line in server_lines(state):
        out.print(line, markup=False)


def phase_table(phases: dict[str, float]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("阶段 phase")
    table.add_column("秒 seconds", justify="right")
    for name, label in PHASES.items():
        if name in phases:
            table.add_row(label, f"{phases[name]:.1f}")
    return table


def print_district(state: dict[str, Any], *, secrets: Path) -> None:
    """Addresses, sign-in, durations: what a person needs once the district serves."""
    out = console()
    addresses = state["addresses"]
    password = secrets / "admin-password"
    out.print()
    out.print("[bold green]区平台已就绪 The district is serving[/]")
    out.print(f"  云公益园网关 cloud park      http://127.0.0.1:{addresses['cloud']}/docs")
    out.print(f"  街道中心网关 street {STREET}  http://127.0.0.1:{addresses['street']}/docs")
    out.print(f"  演示邮件与回调 demo peers     http://127.0.0.1:{addresses['peers']}/mails  /webhooks")
    out.print(f"  演示登录 demo sign-in         admin / {password.read_text().strip() if password.exists() else '-'}")
    out.print(f"  密码文件 password file        {password}", soft_wrap=True)
    out.print()
    out.print(phase_table(state["phases"]))
    out.print("\n./run status · ./run logs <process> -f · ./run scale projects=3 · ./run pilot · ./run down")
