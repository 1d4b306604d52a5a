"""``./run bench http``: the product's real routes, and a monolith that does the same work without a bus."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from bench import equality, machine, say, seeded
from bench.agent import Agent
from bench.cells import Cell, Ratio, Row, interleave, ratio
from bench.crew import Crew
from bench.keys import Keys
from bench.options import Options
from bench.report import Report
from bench.servers import Servers, running
from bench.stage import BARE, CACHED, CLASSIC, CORE, GATEWAY, HOMES, ORM, OURS, STOCK, Stage, ask, has_cache, purge

ROWS = 100_000
SPREAD, HOT = 2_000, 200
STREAMS = 300
SECONDS = 2.0
CALLERS = (1, 32, 128)
GOALS = {
    (CORE, "get"): "≥ 0.65",
    (CORE, "list of 50"): "≥ 0.75",
    (CORE, "create"): "≥ 0.85",
    (ORM, "get"): "≥ 1.2",
    (ORM, "list of 50"): "≥ 0.9",
    (ORM, "create"): "≥ 1.2",
}


@dataclass(kw_only=True)
class Players:
    """Turns a contestant and a wish into a cell's play."""

    stage: Stage
    load: Agent
    streams: Agent
    options: Options
    _created: int = field(default=1000)

    def __post_init__(self) -> None:
        dice = random.Random(self.options.seed)
        spread = dice.sample(self.stage.data.organisations, SPREAD)
        self._spread = [f"/v1/organisations/{each}" for each in spread]
        self._hot = self._spread[:HOT]
        self._tags = [{"If-None-Match": self._etag(path)} for path in self._hot]

    def _etag(self, path: str) -> str:
        return ask(self.stage.contestants[OURS].port, "GET", path, self.stage.headers())[1]["etag"]

    def play(self, name: str, callers: int, **job: Any) -> dict[str, Any]:
        contestant = self.stage.contestants[name]
        return self.load.ask(
            "http",
            name=f"{name} {job['paths'][0].partition('?')[2][:12]}",
            port=contestant.port,
            callers=callers,
            warm=0.2,
            seconds=self.options.seconds_or(SECONDS),
            watch={**contestant.pids, **self.stage.servers.watched()},
            headers=self.stage.headers(),
            **{"method": "GET", "expect": "200", **job},
        )

    def get(self, name: str, callers: int) -> dict[str, Any]:
        return self.play(name, callers, paths=self._spread)

    def list_of_50(self, name: str, callers: int) -> dict[str, Any]:
        paths = [f"/v1/organisations?street_code={street}&limit=50" for street in self.stage.data.streets]
        return self.play(name, callers, paths=paths)

    def create(self, name: str, callers: int) -> dict[str, Any]:
        """A name and a filing number that nobody has used in this database."""
        first, self._created = self._created, self._created + 400_000
        body = equality.new_organisation(self.stage, "@@@@@@@@").decode()
        job = {"method": "POST", "paths": ["/v1/organisations"], "expect": "201", "body": body, "first": first}
        return self.play(name, callers, **job)

    def hot(self, name: str, callers: int) -> dict[str, Any]:
        return self.play(name, callers, paths=self._hot, warm_requests=2 * HOT)

    def hot_unchanged(self, name: str, callers: int) -> dict[str, Any]:
        return self.play(name, callers, paths=self._hot, path_headers=self._tags, expect="304", warm_requests=2 * HOT)

    def echo(self, name: str, callers: int) -> dict[str, Any]:
        return self.play(name, callers, paths=[f"/v1/echo?text={'x' * 80}&number=17"])

    def get_with_streams(self, name: str, callers: int) -> dict[str, Any]:
        """The same reads while so many readers of events wait, open and idle."""
        job = {"port": self.stage.contestants[name].port, "path": "/v1/events", "headers": self.stage.headers()}
        self.streams.ask("streams", count=STREAMS, **job)
        try:
            return self.get(name, callers)
        finally:
            self.streams.ask("streams", count=0, **job)


def cells(players: Players) -> list[Cell]:
    """In the order of play; ``--only`` keeps some."""
    wanted = players.options.wants
    return [
        Cell(contestant=name, what=what, callers=callers, play=lambda _, p=play, n=name, c=callers: p(n, c))  # type: ignore[misc]
        for what, callers, name, play in _program(players)
        if (name != CACHED or has_cache()) and wanted(what, name, callers)
    ]


def _program(players: Players) -> Iterator[tuple[str, int, str, Callable[[str, int], dict[str, Any]]]]:
    product = (("get", players.get), ("list of 50", players.list_of_50), ("create", players.create))
    for what, play in product:
        for callers in CALLERS:
            for name in (OURS, STOCK, CORE, ORM) if callers == 32 else (OURS, CORE, ORM):
                yield what, callers, name, play
    for name in (CACHED, OURS, CORE):
        yield "hot get", 32, name, players.hot
        yield "hot get, unchanged", 32, name, players.hot_unchanged
    for name in (GATEWAY, CLASSIC, BARE):
        yield "echo", 32, name, players.echo
    yield "get", 32, CLASSIC, players.get
    yield f"get, {STREAMS} streams", 32, OURS, players.get_with_streams


def ratios(rows: list[Row]) -> list[Ratio]:
    """Ours over each rival, and what issue 3 asks for."""
    found: list[Ratio] = []
    for callers in CALLERS:
        for what in ("get", "list of 50", "create"):
            for rival in (STOCK, CORE, ORM):
                goal = GOALS.get((rival, what), "")
                found += ratio(rows, what=what, callers=callers, of=OURS, to=rival, goal=goal)
    for what in ("hot get", "hot get, unchanged"):
        found += ratio(rows, what=what, callers=32, of=CACHED, to=CORE, goal="≥ 3")
        found += ratio(rows, what=what, callers=32, of=CACHED, to=OURS)
    found += ratio(rows, what="echo", callers=32, of=GATEWAY, to=CLASSIC, goal="≥ 5")
    found += ratio(rows, what="echo", callers=32, of=GATEWAY, to=CLASSIC, figure="cpu:front")
    found += ratio(rows, what="echo", callers=32, of=GATEWAY, to=BARE)
    found += ratio(rows, what="get", callers=32, of=OURS, to=CLASSIC)
    return found + streams_ratio(rows)


def streams_ratio(rows: list[Row]) -> list[Ratio]:
    """Reads with the streams open over reads without."""
    plain = next((row for row in rows if (row.what, row.callers, row.contestant) == ("get", 32, OURS)), None)
    busy = next((row for row in rows if row.what == f"get, {STREAMS} streams"), None)
    if plain is None or busy is None:
        return []
    value = busy.median("rate") / plain.median("rate")
    return [Ratio(what=busy.what, callers=32, of=OURS, to="ours, get", figure="rate", value=value, goal="≥ 0.85")]


def tidy(stage: Stage) -> None:
    """Between rounds: the events nobody consumes here."""
    for home in HOMES.values():
        purge(stage.uri(home))


def main(options: Options) -> int:
    """Runs it; see docs/performance.md."""
    profiler = options.profiler()
    with ExitStack() as stack:
        servers = stack.enter_context(running())
        about = [*machine.describe(), *servers.describe()]
        stage = _stage(stack, servers, options)
        notes = equality.check(stage)
        load = stack.enter_context(Agent(stage.crew.env, servers.layout.logs / "load.log", profiler))
        streams = stack.enter_context(Agent(stage.crew.env, servers.layout.logs / "streams.log"))
        players = Players(stage=stage, load=load, streams=streams, options=options)
        say("参赛者就绪，答复一致 contestants ready, their answers are equal")
        rows = interleave(cells(players), runs=options.runs_or(5), between=lambda: tidy(stage))
        missing = [] if has_cache() else ["no row of the gateway's cache: this tree has none"]
        sizes = {"runs": options.runs_or(5), "seconds a cell": options.seconds_or(SECONDS), "organisations": ROWS}
        sizes |= {"ids asked for": SPREAD, "hot ids": HOT, "seed": options.seed}
    notes += ["one process of each kind; every contestant with a relay, a virtual host and a database of its own"]
    report = Report(bench="http", machine=about, sizes=sizes, rows=rows, ratios=ratios(rows), notes=[*notes, *missing])
    code = report.deliver(options.json_file)
    if profiler:
        profiler.print_markdown()
    return code


def _stage(stack: ExitStack, servers: Servers, options: Options) -> Stage:
    from bench.rpc import prepare

    keys = Keys(servers.layout.secrets)
    env = servers.environment() | keys.environment() | {"ADMIN_PASSWORD_FILE": str(keys.admin_password())}
    seeded.use_data_key(env)
    prepare(servers)
    data = seeded.make_template(servers, env, count=ROWS, seed=options.seed)
    crew = stack.enter_context(Crew(servers.layout.logs, env))
    stage = Stage(servers=servers, crew=crew, keys=keys, data=data)
    stage.set()
    return stage
