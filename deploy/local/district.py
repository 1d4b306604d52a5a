"""The running district: brings everything up in order, keeps it up, answers the control socket, takes it down."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from deploy.local import broker, control, database, keys, plan, readiness, renewal, steps
from deploy.local.layout import Layout
from deploy.local.leftovers import end_leftovers
from deploy.local.processes import family_mib, proportional_mib, recognise, write_json
from deploy.local.progress import Progress
from deploy.local.servers import Server, ServerError, described
from deploy.local.supervisor import Supervisor

READY_SECONDS = 120
LOOK_EVERY_SECONDS = 5.0
ROTATE_EVERY_SECONDS = 30.0


async def finish_in_thread(call: Callable[[], None]) -> None:
    """A thread cannot be cancelled: a start under way ends before its server may be stopped."""
    task = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        raise


class District:
    def __init__(self, *, layout: Layout, progress: Progress) -> None:
        self.layout = layout
        self.progress = progress
        self.supervisor = Supervisor(logs=layout.logs, changed=self.record)
        self.addresses: plan.Addresses | None = None
        self.broker: Server | None = None
        self.database: Server | None = None
        self.phase = "starting"
        self._own_pid = recognise(os.getpid())
        self._began_at = time.time()
        self._stop = asyncio.Event()
        self._stopped = asyncio.Event()
        self._queues: dict[str, list[str]] = {}
        self._renewing = asyncio.Lock()

    # What others may know

    def record(self) -> None:
        write_json(self.layout.state, self.state(memory=False))

    def state(self, *, memory: bool) -> dict[str, Any]:
        supervisor = self.supervisor
        addresses = self.addresses
        return {
            "phase": self.phase,
            "supervisor": self._own_pid.as_json() if self._own_pid else {},
            "started_at": self._began_at,
            "phases": self.progress.phases,
            "servers": [self._server_row(name, server, memory=memory) for name, server in self._servers()],
            "addresses": vars(addresses) if addresses else {},
            "processes": supervisor.rows_with_memory() if memory else supervisor.rows(),
            "ready": self.phase == "serving" and supervisor.all_ready,
        }

    def _servers(self) -> list[tuple[str, Server]]:
        pairs = (("broker", self.broker), ("database", self.database))
        return [(name, server) for name, server in pairs if server is not None]

    def _server_row(self, name: str, server: Server, *, memory: bool) -> dict[str, Any]:
        row = {"name": name, "kind": server.kind, "at": described(server.url), "pids": server.pids}
        if not memory:
            return row
        # PostgreSQL's processes share their buffers: adding up resident memory would count those many times.
        return row | {"rss_mib": sum(family_mib(pid, measure=proportional_mib) for pid in server.pids)}

    # Up

    async def bring_up(self) -> None:
        """Raises ServerError, whose text says what to do."""
        self.layout.make()
        end_leftovers(self.layout, say=self.progress.say)
        self.record()
        env = await self._provide()
        with self.progress.phase("migrate", "数据库结构与消息拓扑 migrations and topology"):
            await self._run(steps.migrations(layout=self.layout, env=env))
        with self.progress.phase("bootstrap", "导入区划与管理员 places and administrator"):
            await self._run([steps.bootstrap(layout=self.layout, env=env)])
        assert self.addresses is not None
        with self.progress.phase("processes", "启动服务与网关，等待消费者 services, gateways, consumers"):
            for spec in plan.district_specs(layout=self.layout, addresses=self.addresses, env=env):
                self.supervisor.start(spec)
            await self._wait_ready()
        self.phase = "serving"
        self.record()

    async def _run(self, wanted: list[steps.Step]) -> None:
        try:
            await steps.run_steps(wanted, layout=self.layout)
        except ExceptionGroup as group:
            failed = group.subgroup(ServerError)
            raise (failed.exceptions[0] if failed else group) from None

    async def _provide(self) -> dict[str, str]:
        with self.progress.phase("servers", "消息中间件与数据库 broker and database"):
            say = self.progress.say
            self.database, self.broker = await asyncio.gather(
                asyncio.to_thread(database.provide, layout=self.layout, say=say),
                asyncio.to_thread(broker.provide, layout=self.layout, say=say),
            )
            await asyncio.gather(*(self._start(name, server) for name, server in self._servers()))
        assert self.broker is not None
        assert self.database is not None
        keys.make_keys(self.layout.secrets)
        self.addresses = plan.choose_addresses(self.layout)
        self.record()
        return plan.environment(
            layout=self.layout,
            amqp_uri=self.broker.url,
            database_url=self.database.url,
            addresses=self.addresses,
        )

    async def _start(self, name: str, server: Server) -> None:
        began = time.monotonic()
        await finish_in_thread(server.start)
        self.progress.phases[name] = round(time.monotonic() - began, 2)
        self.progress.say(f"{name}: {server.kind}, {described(server.url)}, {self.progress.phases[name]} s")

    # Ready

    async def look(self) -> None:
        """One look at every process; the answers go to the supervisor's table."""
        assert self.broker is not None
        assert self.addresses is not None
        found = await asyncio.to_thread(
            readiness.judge,
            names=[spec.name for spec in self.supervisor.specs],
            amqp_uri=self.broker.url,
            queues=self._queues,
            addresses=self.addresses,
        )
        for name, ready in found.items():
            self.supervisor.set_ready(name=name, ready=ready)

    async def _wait_ready(self) -> None:
        self._queues = dict(await asyncio.to_thread(readiness.queues_by_process))
        limit = time.monotonic() + READY_SECONDS
        waiting: list[str] = []
        while time.monotonic() < limit:
            await self.look()
            rows = self.supervisor.rows()
            now_waiting = [row["name"] for row in rows if not row["ready"]]
            if not now_waiting:
                return
            if len(now_waiting) != len(waiting):
                self.progress.say(f"{len(rows) - len(now_waiting)}/{len(rows)} 就绪 ready")
            waiting = now_waiting
            await asyncio.sleep(0.3)
        raise ServerError(
            f"{READY_SECONDS} s 内未就绪 not ready: {', '.join(waiting)}\n查看日志 See: ./run logs {waiting[0]}"
        )

    # Serving

    async def serve(self) -> None:
        """Until somebody asks for the end: looks at every process, restarts a dead server, rotates logs."""
        rotated = time.monotonic()
        while not self._stop.is_set():
            try:
                await asyncio.wait_for(self._stop.wait(), LOOK_EVERY_SECONDS)
            except TimeoutError:
                await self._tend()
            if time.monotonic() - rotated > ROTATE_EVERY_SECONDS:
                rotated = time.monotonic()
                await asyncio.to_thread(self.supervisor.rotate_logs)

    async def _tend(self) -> None:
        for name, server in self._servers():
            if await asyncio.to_thread(server.alive):
                continue
            self.progress.say(f"{name} 已退出，重新启动 ended, starting it again")
            try:
                await asyncio.to_thread(server.start)
            except ServerError as error:
                self.progress.say(str(error))
        await self.look()

    def request_stop(self) -> None:
        self._stop.set()

    async def wait_for_stop_request(self) -> None:
        await self._stop.wait()

    # Down

    async def take_down(self) -> None:
        """Processes first, then the servers they need; data stay."""
        self.phase = "stopping"
        self.record()
        await self.supervisor.stop()
        await asyncio.gather(*(asyncio.to_thread(server.stop) for _, server in self._servers()))
        self.layout.state.unlink(missing_ok=True)
        self._stopped.set()

    # The control socket

    async def answer(self, request: dict[str, Any]) -> AsyncIterator[dict[str, Any]]:
        what = request.get("command")
        if what == "status":
            yield await self._status()
        elif what == "scale":
            yield await self._scale(request)
        elif what == "restart":
            yield await self._restart(str(request.get("name")))
        elif what == "down":
            yield {"ok": True, "phase": "stopping"}
            self.request_stop()
            await self._stopped.wait()
            yield {"ok": True, "phase": "stopped"}
        else:
            yield {"ok": False, "error": f"unknown command {what!r}"}

    async def _status(self) -> dict[str, Any]:
        """As it is now: what was seen some seconds ago may have died since."""
        if self.phase != "serving":
            return await asyncio.to_thread(self.state, memory=True)
        await self.look()
        alive = await asyncio.gather(*(asyncio.to_thread(server.alive) for _, server in self._servers()))
        state = await asyncio.to_thread(self.state, memory=True)
        rows = [row | {"alive": lives} for row, lives in zip(state["servers"], alive, strict=True)]
        return state | {"servers": rows, "ready": state["ready"] and all(alive)}

    async def _scale(self, request: dict[str, Any]) -> dict[str, Any]:
        name, count = str(request.get("name")), int(request.get("count") or 0)
        try:
            await self.supervisor.scale(name=name, count=count)
        except ValueError as error:
            return {"ok": False, "error": str(error)}
        limit = time.monotonic() + 30
        while time.monotonic() < limit and not self.supervisor.all_ready:
            await asyncio.sleep(0.2)
            await self.look()
        return {"ok": True, "ready": self.supervisor.all_ready}

    async def _restart(self, name: str) -> dict[str, Any]:
        assert self.broker is not None
        assert self.database is not None
        ground = renewal.Ground(amqp_uri=self.broker.url, database_url=self.database.url, queues=self._queues)
        began = time.monotonic()
        try:
            async with self._renewing:
                await renewal.renew(self.supervisor, name, ground)
        except renewal.RenewalError as error:
            return {"ok": False, "error": str(error)}
        return {"ok": True, "seconds": round(time.monotonic() - began, 2)}

    async def listen(self) -> asyncio.Server:
        self.layout.make()
        return await control.serve(path=self.layout.control, handler=self.answer)
