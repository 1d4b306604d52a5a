"""Steps that run once and end before the processes start: migrations and the bootstrap."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.broker_users import MIGRATE, SERVICES
from deploy.local.layout import Layout
from deploy.local.plan import UriOf, service_command, service_environment
from deploy.local.servers import ServerError, with_log

# Each is mostly imports, that is, CPU: more at once only gets in each other's way on two cores.
AT_ONCE = 2


@dataclass(frozen=True, kw_only=True)
class Step:
    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)


def migrations(*, layout: Layout, env: dict[str, str], uri_of: UriOf) -> list[Step]:
    return [
        Step(
            name=f"migrate-{service}",
            argv=service_command(service, "migrate"),
            env=service_environment(
                layout=layout, service=service, process=f"{MIGRATE}-{service}", env=env, uri_of=uri_of
            ),
        )
        for service in SERVICES
    ]


def bootstrap(*, layout: Layout, env: dict[str, str], uri_of: UriOf) -> Step:
    made = service_environment(layout=layout, service="registry", process="bootstrap", env=env, uri_of=uri_of)
    return Step(name="bootstrap", argv=service_command("registry", "bootstrap"), env=made)


async def run_step(step: Step, *, layout: Layout, gate: asyncio.Semaphore) -> None:
    """Raises ServerError with the end of the step's log."""
    log = layout.logs / f"{step.name}.log"
    async with gate:
        with log.open("wb") as out:
            process = await asyncio.create_subprocess_exec(
                *step.argv,
                env=dict(step.env),
                cwd=layout.root,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        try:
            code = await process.wait()
        except asyncio.CancelledError:
            process.kill()
            raise
    if code != 0:
        raise ServerError(with_log(f"{step.name} 失败 failed ({code})", log=log))


async def run_steps(steps: list[Step], *, layout: Layout) -> None:
    gate = asyncio.Semaphore(AT_ONCE)
    async with asyncio.TaskGroup() as group:
        for step in steps:
            group.create_task(run_step(step, layout=layout, gate=gate))
