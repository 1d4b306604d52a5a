"""``./run bench rpc``: an echo by RPC, ours on both paths, stock Nameko and bare py-amqp, under one load."""

from __future__ import annotations

import os
from typing import Any

from bench import machine, say
from bench.agent import Agent
from bench.cells import Cell, Ratio, Row, interleave, ratio
from bench.crew import Crew, python
from bench.keys import Keys
from bench.options import Options
from bench.report import Report
from bench.servers import Servers, running
from chassis import config

CALLERS = (1, 32)
WORKERS = 32  # of every contestant: fewer would measure the window and not the path
KWARGS = {"text": "足迹：社区社会组织 " + "x" * 80, "number": 17}
# contestant: (service's name, command, settings)
OURS = {
    "ours, host only": ("bench_fast", {"BENCH_ECHO_BARE": "1", "RPC_PATH": "fast"}),
    "ours, whole seam": ("bench_seam", {"RPC_PATH": "fast"}),
    "ours, stock path": ("bench_slow", {"RPC_PATH": "stock"}),
}
STOCK, BARE = "stock Nameko", "bare py-amqp"
RIVALS = {STOCK: ("bench_stock", "bench.rivals.nameko_echo"), BARE: ("bench_bare", "bench.rivals.amqp_echo")}


def prepare(servers: Servers) -> None:
    """The chassis's tables, for the hosts' tickers; the queues, as the migrate step makes them."""
    from dataclasses import replace

    from sqlalchemy import make_url

    from bench.echo.service import service
    from chassis import db, tables
    from chassis.runtime import migrate, topology

    url = make_url(servers.database_url).set(drivername="postgresql+psycopg2", database="bench_bench_echo")
    migrate.create_database(url)
    engine = db.make_engine(url, pool_size=1)
    tables.Base.metadata.create_all(engine)
    engine.dispose()
    for name, _ in OURS.values():
        topology.declare(servers.amqp_uri, replace(service(), name=name))


def start(crew: Crew, servers: Servers) -> None:
    """Every contestant, until its queue has a consumer."""
    from chassis.runtime.health import missing_consumers

    for name, settings in OURS.values():
        crew.start(name, python("bench.echo", "serve"), BENCH_ECHO_NAME=name, **settings)
    for name, module in RIVALS.values():
        crew.start(name, python(module))
    for name in services().values():
        crew.until(name, lambda queue=f"rpc-{name}": not missing_consumers(servers.amqp_uri, [queue]))  # type: ignore[misc]


def services() -> dict[str, str]:
    """The service's name of each contestant."""
    return {who: name for who, (name, _) in (*OURS.items(), *RIVALS.items())}


def cells(agent: Agent, crew: Crew, servers: Servers, keys: Keys, options: Options) -> list[Cell]:
    def play(name: str, callers: int) -> dict[str, Any]:
        return agent.ask(
            "rpc",
            uri=servers.amqp_uri,
            operation=f"{name}.echo",
            kwargs=KWARGS,
            headers={"nameko.authorization": keys.token()},
            callers=callers,
            warm=0.4,
            seconds=options.seconds_or(2.0),
            watch={"service": [crew.pid(name)], **servers.watched()},
        )

    made = [
        Cell(contestant=who, what="echo", callers=callers, play=lambda _, n=name, c=callers: play(n, c))  # type: ignore[misc]
        for callers in CALLERS
        for who, name in services().items()
    ]
    return [cell for cell in made if options.wants(cell.what, cell.contestant, cell.callers)]


def ratios(rows: list[Row]) -> list[Ratio]:
    """Against each rival; goals of issue 3 are those of 32 callers against stock Nameko."""
    found: list[Ratio] = []
    for who in OURS:
        for callers in CALLERS:
            goal = "≥ 6" if callers == 32 and who == "ours, host only" else ""
            found += ratio(rows, what="echo", callers=callers, of=who, to=STOCK, goal=goal)
            found += ratio(rows, what="echo", callers=callers, of=who, to=BARE)
        goal = "≤ 0.1" if who == "ours, host only" else ""
        found += ratio(rows, what="echo", callers=32, of=who, to=STOCK, figure="cpu:service", goal=goal)
    return found


def main(options: Options) -> int:
    """Runs it; see docs/performance.md."""
    profiler = options.profiler()
    with running() as servers:
        keys = Keys(servers.layout.secrets)
        workers = config.WORKERS.get() if os.environ.get(config.WORKERS.name) else WORKERS
        env = servers.environment() | keys.environment() | {config.WORKERS.name: str(workers)}
        prepare(servers)
        about = [*machine.describe(), *servers.describe()]
        with Crew(servers.layout.logs, env) as crew, Agent(env, servers.layout.logs / "load.log", profiler) as agent:
            start(crew, servers)
            say("参赛者就绪 contestants ready")
            rows = interleave(cells(agent, crew, servers, keys, options), runs=options.runs_or(5))
        report = Report(
            bench="rpc",
            machine=about,
            sizes={"runs": options.runs_or(5), "seconds a cell": options.seconds_or(2.0), "workers": workers},
            rows=rows,
            ratios=ratios(rows),
            notes=["one load process for all, one connection; medians of interleaved runs, (lowest–highest)"],
        )
    code = report.deliver(options.json_file)
    if profiler:
        profiler.print_markdown()
    return code
