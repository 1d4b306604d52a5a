"""`./run test [--containers] [pytest arguments]`: private broker and database, then pytest.

They live in var/test, start once, and end afterwards. A given AMQP_URI or DATABASE_URL is used instead.
A run of everything on servers of our own uses several workers (tests/shares.py says who does what), because most
tests wait rather than compute; on a given broker, whose queues are shared, one test follows the other. Of a run of
everything, the few tests that failed are asked once more, alone (second_look.py).
The last line is pytest's own closing line, or one of its form.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from deploy.local import broker, database, second_look
from deploy.local.containers import docker_answers
from deploy.local.layout import Layout, test_layout
from deploy.local.leftovers import LockedError, hold_lock
from deploy.local.rabbit_node import DEAD_LETTERING
from deploy.local.servers import Server, ServerError, described

RABBITMQ_IMAGE = "rabbitmq:4"
POSTGRES_IMAGE = "postgres:17"
WORKERS = "5"


def say(text: str) -> None:
    print(f"· {text}", file=sys.stderr, flush=True)


def provided(layout: Layout) -> list[tuple[str, Server]]:
    return [
        ("AMQP_URI", broker.provide(layout=layout, say=say)),
        ("DATABASE_URL", database.provide(layout=layout, say=say, durable=False)),
    ]


@contextmanager
def private_servers(layout: Layout) -> Iterator[dict[str, str]]:
    """Settings of running servers; both end with the block. Raises ServerError."""
    lock = hold_lock(layout)
    servers = provided(layout)
    try:
        with ThreadPoolExecutor(2) as pool:
            for started in [pool.submit(server.start) for _, server in servers]:
                started.result()
        for _name, server in servers:
            say(f"{server.kind} {described(server.url)}")
        yield {name: server.url for name, server in servers}
    finally:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(lambda pair: pair[1].stop(), servers))
        os.close(lock)


@contextmanager
def container_servers() -> Iterator[dict[str, str]]:
    """The same from Docker images. Raises ServerError where no engine answers."""
    if not docker_answers():
        raise ServerError("没有 Docker 引擎应答。 No Docker engine answers. 去掉 --containers  Leave --containers out.")
    # Without a registry its reaper's image cannot be fetched; the containers end with this block anyway.
    os.environ.setdefault("TESTCONTAINERS_RYUK_DISABLED", "true")
    os.environ.setdefault("TESTCONTAINERS_CONNECTION_MODE", "docker_host")
    from testcontainers.community.postgres import PostgresContainer
    from testcontainers.community.rabbitmq import RabbitMqContainer

    with ExitStack() as stack:
        container = RabbitMqContainer(os.environ.get("RABBITMQ_IMAGE", RABBITMQ_IMAGE))
        rabbit = stack.enter_context(container.with_env("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", DEAD_LETTERING))
        postgres = stack.enter_context(PostgresContainer(os.environ.get("POSTGRES_IMAGE", POSTGRES_IMAGE), driver=None))
        host, port = rabbit.get_container_host_ip(), rabbit.get_exposed_port(rabbit.port)
        address = postgres.get_connection_url()
        yield {
            "AMQP_URI": f"amqp://{rabbit.username}:{rabbit.password}@{host}:{port}/",
            "DATABASE_URL": address.rpartition("/")[0],
        }


def outcome_file() -> Path:
    return test_layout().var / "outcome.json"


def pytest(arguments: list[str], *, settings: dict[str, str]) -> int:
    var = test_layout().var
    whose = "given" if settings["AMQP_URI"] == os.environ.get("AMQP_URI") else "own"
    settings = settings | {"FOOTPRINT_TEST_BROKER": whose, second_look.VARIABLE: str(outcome_file())}
    env = dict(os.environ) | settings | {"FOOTPRINT_VAR": str(var / "files"), "MALLOC_ARENA_MAX": "2"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *chosen(arguments, whose=whose)], env=env, check=False
    ).returncode


def named(arguments: list[str]) -> bool:
    return any(not each.startswith("-") for each in arguments)


def chosen(arguments: list[str], *, whose: str) -> list[str]:
    """pytest's arguments: named tests as they are, everything side by side where the broker is our own."""
    if named(arguments):
        return arguments
    side_by_side = ["-n", WORKERS, "--dist", "loadfile", "--no-loadscope-reorder"] if whose == "own" else []
    return ["tests", *side_by_side, *arguments]


def main(arguments: list[str]) -> int:
    containers = "--containers" in arguments
    rest = [argument for argument in arguments if argument != "--containers"]
    layout = test_layout()
    layout.make()

    def run(files: list[str]) -> int:
        with container_servers() if containers else private_servers(layout) as settings:
            return pytest([*rest, *files], settings=settings)

    try:
        return run([]) if named(rest) else second_look.run_twice(run, outcome=outcome_file())
    except ServerError as error:
        print(error, file=sys.stderr)
    except LockedError:
        print("另一次测试正在运行。 Another test run is under way (var/test).", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
