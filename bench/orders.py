"""``./run bench orders``: ten thousand service orders on random walks with faults (bench/order_walk.py).

No order is lost, none has two holders, none is stuck past its clock: asked of the database after every round. Prints
the seed, the machine and what happened; exits 1 where something did not hold.
"""

from __future__ import annotations

import base64
import json
import os
import time
from pathlib import Path
from typing import Any

from bench import machine, say
from bench.options import Options
from bench.servers import Servers, running

ORDERS, QUICK = 10_000, 200
ROUNDS, THREADS = 10, 4
DATABASE = "bench_order_walk"


def main(options: Options) -> int:
    """Runs it; ``--quick``: two hundred orders; ``--runs N``: N thousand."""
    orders = QUICK if options.quick else options.runs * 1000 if options.runs else ORDERS
    with running() as servers:
        about = [*machine.describe()[:2], *servers.describe()[:1]]
        began = time.monotonic()
        walk, wrong = _walk(servers, orders, options.seed)
        seconds, ended = round(time.monotonic() - began), walk.statuses()
    about.append(f"seed {options.seed}, {orders:,} orders, {ROUNDS} rounds, {THREADS} threads, {seconds} s")
    print("### ./run bench orders\n")
    print("\n".join(f"- {line}" for line in about))
    print(f"\n**{wrong or 'no order lost, none held twice, none stuck past its clock'}**\n")
    print("| what happened | times |\n|---|--:|")
    for name, count in sorted(walk.did.items()):
        print(f"| {name} | {count:,} |")
    for name, count in ended.items():
        print(f"| ended {name} | {count:,} |")
    if options.json_file:
        found = {"machine": about, "did": dict(walk.did), "ended": ended, "wrong": wrong}
        Path(options.json_file).write_text(json.dumps(found, ensure_ascii=False, indent=1))
    return 1 if wrong else 0


def _walk(servers: Servers, orders: int, seed: int) -> tuple[Any, str]:
    key = servers.layout.var / "order_walk.key"
    key.write_bytes(base64.b64encode(os.urandom(32)))
    env = {"DATABASE_URL": servers.database_url, "FOOTPRINT_DEMO": "1", "LOG_LEVEL": "CRITICAL"}
    os.environ.update(env | {"PAYEE_KEY_FILE": str(key)})
    from bench.order_walk import Walk
    from chassis import logging

    logging.configure()
    walk = Walk(_engine(servers), seed=seed, orders=orders, threads=THREADS, tell=say)
    try:
        walk.run(rounds=ROUNDS)
    except AssertionError as error:
        return walk, str(error)
    return walk, ""


def _engine(servers: Servers) -> Any:
    from sqlalchemy import create_engine, make_url, text

    from chassis import db, tables
    from services.projects.service import SERVICE

    url = make_url(servers.database_url).set(drivername="postgresql+psycopg2")
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"))
        connection.execute(text(f"CREATE DATABASE {DATABASE}"))
    admin.dispose()
    engine = db.make_engine(url.set(database=DATABASE), pool_size=THREADS + 2)
    for metadata in (tables.Base.metadata, *SERVICE.metadata):
        metadata.create_all(engine)
    return engine
