"""The wire is stock Nameko's: its services answer our clients, its clients call our services, on both paths."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chassis import config
from chassis.errors import InternalError
from chassis.runtime import topology
from chassis.runtime.client import RpcClient
from gateway.broker import Broker
from gateway.rpc import AmqpRpc
from tests.runtime.world import ROOT, Processes, broker_left_as_found

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]
VALUE = {"text": "足迹", "numbers": [1, 2.5, None], "long": "x" * 300_000}
_STOCK_CLIENT = """
import json, os, sys
from nameko.exceptions import RemoteError
from nameko.standalone.rpc import ClusterRpcProxy
with ClusterRpcProxy({"AMQP_URI": os.environ["AMQP_URI"]}, timeout=30) as cluster:
    service = getattr(cluster, sys.argv[1])
    told = [service.get_clock()["offset_seconds"]]
    for call in (service.break_down, service.no_such_method):
        try:
            call()
        except Exception as error:
            told.append([type(error).__name__, getattr(error, "exc_type", None)])
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def stock_service() -> Iterator[str]:
    name = f"stock{os.getpid()}"
    environment = {**os.environ, "AMQP_URI": topology.bus_uri(config.AMQP_URI.get()), "PYTHONPATH": str(ROOT)}
    argv = [sys.executable, "-W", "ignore", "-m", "tests.runtime.stock_echo", name]
    process = subprocess.Popen(argv, env=environment, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"serving\n"
    yield name
    process.kill()
    process.wait()
    process.stdout.close()
    with topology.connection(config.AMQP_URI.get()) as conn, conn.channel() as channel:
        channel.queue_delete(f"rpc-{name}")


def test_our_blocking_client_calls_a_stock_service(stock_service: str) -> None:
    client = RpcClient()
    try:
        assert client.call(stock_service, "echo", {"value": VALUE}) == VALUE
        with pytest.raises(InternalError):
            client.call(stock_service, "fail")
    finally:
        client.close()


def test_the_gateways_client_calls_a_stock_service(stock_service: str) -> None:
    async def scenario() -> None:
        broker = Broker(config.AMQP_URI.get())
        rpc = AmqpRpc(broker, deadline=30)
        await broker.open()
        while not rpc.connected:
            await asyncio.sleep(0.02)
        replies = await asyncio.gather(*(rpc.call(f"{stock_service}.echo", {"value": n}, {}) for n in range(50)))
        assert replies == list(range(50))
        assert await rpc.call(f"{stock_service}.echo", {"value": VALUE}, {}) == VALUE
        with pytest.raises(InternalError):
            await rpc.call(f"{stock_service}.fail", {}, {})
        await broker.close()

    asyncio.run(asyncio.wait_for(scenario(), 30))


@pytest.mark.parametrize("path", ["fast", "stock"])
def test_a_stock_client_calls_our_service(path: str, tmp_path: Path) -> None:
    with broker_left_as_found():
        world = Processes(tmp_path, RPC_PATH=path)
        try:
            world.start("serve")
            told = stock_client(world)
        finally:
            world.close()
    assert told == [0, ["RemoteError", "ServiceError"], ["RemoteError", "ServiceError"]]


def stock_client(world: Processes) -> Any:
    environment = {**os.environ, "AMQP_URI": topology.bus_uri(world.uri)}
    argv = [sys.executable, "-W", "ignore", "-c", _STOCK_CLIENT, world.name]
    done = subprocess.run(argv, env=environment, stdout=subprocess.PIPE, timeout=60, check=True)
    return json.loads(done.stdout)
