"""``./run bench suggest``: suggestions over HTTP with 100 000 open offers; goal of issue 7: p99 ≤ 50 ms."""

from __future__ import annotations

import random
import subprocess
from functools import partial
from typing import Any

from bench import machine, suggest_rows
from bench.agent import Agent
from bench.cells import Cell, interleave
from bench.crew import Crew, python
from bench.keys import Keys
from bench.options import Options
from bench.report import Report
from bench.seeded import connect, drop
from bench.servers import Servers, running
from bench.stage import ask
from bench.suggest_rows import Made
from deploy.local.layout import ROOT
from deploy.local.plan import gateway_spec
from deploy.local.processes import choose_ports
from deploy.local.servers import ServerError

DATABASE = "bench_resources"
OFFERS, QUICK, ASKED = 100_000, 5_000, 500
CALLERS = (1, 4)
LIMIT = 20


def prepare(servers: Servers, env: dict[str, str], options: Options) -> Made:
    """A migrated database with its rows."""
    drop(servers, [DATABASE])
    done = subprocess.run(
        python("services.resources", "migrate"), env=env, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ServerError(f"services.resources migrate: {done.stderr.strip()[-800:]}")
    connection = connect(servers, DATABASE)
    try:
        with connection.cursor() as cursor:
            return suggest_rows.load(cursor, count=QUICK if options.quick else OFFERS, seed=options.seed)
    finally:
        connection.close()


def start(crew: Crew, servers: Servers, keys: Keys, made: Made) -> tuple[int, dict[str, list[int]]]:
    """The service and the district's gateway; the port, and pids by class."""
    from chassis.runtime.health import missing_consumers

    service = crew.start("resources", python("services.resources", "serve"))
    crew.until("resources", lambda: not missing_consumers(servers.amqp_uri, ["rpc-resources"]))
    [port] = choose_ports(None)
    spec = gateway_spec(layout=servers.layout, name=f"front-{port}", port=port, street=None, env={})
    front = crew.start(f"front-{port}", spec.argv, GATEWAY_CACHE="0")
    headers = {"Authorization": f"Bearer {keys.token('bureau')}"}

    def answers() -> bool:
        try:
            return ask(port, "GET", f"/v1/needs/{made.needs[0]}/suggestions", headers)[0] == 200
        except OSError:
            return False

    crew.until(f"front-{port}", answers)
    return port, {"front": [front], "service": [service]}


def paths(made: Made, seed: int) -> dict[str, list[str]]:
    """What is asked; every row in turn."""
    dice = random.Random(seed)
    return {
        "offers for a need": [f"/v1/needs/{key}/suggestions?limit={LIMIT}" for key in dice.sample(made.needs, ASKED)],
        "needs for an offer": [
            f"/v1/offers/{key}/suggestions?limit={LIMIT}" for key in dice.sample(made.offers, ASKED)
        ],
    }


def main(options: Options) -> int:
    """Runs it; see docs/performance.md."""
    with running() as servers:
        keys = Keys(servers.layout.secrets)
        env = servers.environment() | keys.environment() | {"RPC_PATH": "fast"}
        made = prepare(servers, env, options)
        about = [*machine.describe(), *servers.describe()]
        with Crew(servers.layout.logs, env) as crew, Agent(env, servers.layout.logs / "load.log") as agent:
            port, pids = start(crew, servers, keys, made)

            def play(asked: list[str], callers: int, _round: int) -> dict[str, Any]:
                return agent.ask(
                    "http",
                    name="suggest",
                    method="GET",
                    expect="200",
                    paths=asked,
                    port=port,
                    callers=callers,
                    warm=1.0,
                    seconds=options.seconds_or(10.0),
                    headers={"Authorization": f"Bearer {keys.token('bureau')}"},
                    watch={**pids, **servers.watched()},
                )

            cells = [
                Cell(contestant="ours", what=what, callers=callers, play=partial(play, asked, callers))
                for what, asked in paths(made, options.seed).items()
                for callers in CALLERS
                if options.wants(what, callers)
            ]
            rows = interleave(cells, runs=options.runs_or(3))
    sizes = {"offers": len(made.offers), "needs": len(made.needs), "asked for": ASKED, "seed": options.seed}
    sizes |= {"runs": options.runs_or(3)}
    notes = ["over HTTP at the district's gateway as the bureau, no cache; goal of issue 7: p99 ≤ 50 ms, one caller"]
    return Report(bench="suggest", machine=about, sizes=sizes, rows=rows, ratios=[], notes=notes).deliver(
        options.json_file
    )
