"""``./run bench registry``: list, search, get and history at the service, with a district's worth of organisations."""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Sequence
from functools import partial
from typing import Any

from bench import machine, registry_import, say
from bench.agent import Agent
from bench.cells import Cell, interleave
from bench.crew import Crew, python
from bench.keys import DISTRICT, Keys
from bench.options import Options
from bench.report import Report
from bench.seeded import drop
from bench.servers import Servers, running
from chassis import ids
from deploy.local.layout import ROOT
from deploy.local.seed_rows import Synthetic
from deploy.local.servers import ServerError

DATABASE = "bench_registry"
ORGANISATIONS, HISTORY = 100_000, 1_000_000
QUICK = 5_000, 20_000
CALLERS = (1, 8)
ASKED = 500  # different requests of a cell, in turn


def prepare(servers: Servers, env: dict[str, str], options: Options) -> Synthetic:
    """A database with places, then the rows of ``./run seed``."""
    drop(servers, [DATABASE])
    for command in ("migrate", "bootstrap"):
        done = subprocess.run(
            python("services.registry", command), env=env, cwd=ROOT, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise ServerError(f"services.registry {command}: {done.stderr.strip()[-800:]}")
    os.environ.update({name: env[name] for name in ("DATABASE_URL", "DATABASE_PREFIX", "DATA_KEY_FILE")})
    from deploy.local.seed import seed_registry

    organisations, history = QUICK if options.quick else (ORGANISATIONS, HISTORY)
    sizes = {"organisations": organisations, "history": history}
    return seed_registry(DISTRICT, seed=options.seed, force=False, say=say, **sizes)


def requests(made: Synthetic, seed: int) -> dict[str, tuple[str, list[dict[str, Any]]]]:
    """What is asked of which operation; every cell in turn asks for different rows."""
    dice = random.Random(seed)
    rows = [dice.choice(made.rows) for _ in range(ASKED)]
    one = [{"organisation_id": ids.encode("org", row["id"])} for row in rows]
    streets = sorted(made.streets)
    fields = ("elder_care", "culture_sports", "mediation")
    return {
        "get": ("get_organisation", one),
        "history": ("list_organisation_changes", one),
        "list of 50": ("list_organisations", [{"limit": 50}]),
        "list of 50, street": ("list_organisations", [{"limit": 50, "street_code": code} for code in streets]),
        "list of 50, field": ("list_organisations", [{"limit": 50, "field": each} for each in fields]),
        "list of 50, kind": ("list_organisations", [{"limit": 50, "kind": "foundation"}]),
        "search, one name": ("search_organisations", [{"q": row["name"]} for row in rows]),
        "search, part": ("search_organisations", [{"q": row["name"][2:7]} for row in rows]),
        "search, initials": ("search_organisations", [{"q": row["initials"][2:7]} for row in rows]),
    }


def cells(agent: Agent, crew: Crew, servers: Servers, keys: Keys, options: Options, made: Synthetic) -> list[Cell]:
    def play(operation: str, asked: Sequence[dict[str, Any]], callers: int, _round: int) -> dict[str, Any]:
        return agent.ask(
            "rpc",
            uri=servers.amqp_uri,
            operation=f"registry.{operation}",
            kwargs=asked[0],
            others=list(asked),
            headers={"nameko.authorization": keys.token()},
            callers=callers,
            warm=1.0,
            seconds=options.seconds_or(5.0),
            watch={"service": [crew.pid("registry")], **servers.watched()},
        )

    found = [
        Cell(contestant="registry", what=what, callers=count, play=partial(play, operation, asked, count))
        for what, (operation, asked) in requests(made, options.seed).items()
        for count in CALLERS
    ]
    return [cell for cell in found if options.wants(cell.what, cell.callers)]


def main(options: Options) -> int:
    """Runs it; see docs/performance.md."""
    from chassis.runtime.health import missing_consumers

    with running() as servers:
        keys = Keys(servers.layout.secrets)
        files = servers.layout.var / "files"
        files.mkdir(parents=True, exist_ok=True)
        settings = {"FILES_URL": files.as_uri(), "ADMIN_PASSWORD_FILE": str(keys.admin_password()), "RPC_PATH": "fast"}
        env = servers.environment() | keys.environment() | settings
        made = prepare(servers, env, options)
        about = [*machine.describe(), *servers.describe()]
        with Crew(servers.layout.logs, env) as crew, Agent(env, servers.layout.logs / "load.log") as agent:
            crew.start("registry", python("services.registry", "serve"))
            crew.until("registry", lambda: not missing_consumers(servers.amqp_uri, ["rpc-registry"]))
            rows = interleave(cells(agent, crew, servers, keys, options, made), runs=options.runs_or(3))
            if options.wants("import"):
                crew.start("registry-jobs", python("services.registry", "jobs"))
                rows += registry_import.measure(keys, files, sorted(made.streets))
        sizes = {"organisations": len(made.rows), "history rows": max(made.history, len(made.rows))}
        report = Report(
            bench="registry",
            machine=about,
            sizes={
                **sizes,
                "seed": options.seed,
                "runs": options.runs_or(3),
                "seconds a cell": options.seconds_or(5.0),
            },
            rows=rows,
            ratios=[],
            notes=[
                "by RPC at the service, as the bureau (whole district); goals of issue 4: p95 < 50 ms, imports < 30 s"
            ],
        )
    return report.deliver(options.json_file)
