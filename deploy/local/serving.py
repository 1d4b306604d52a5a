"""`./run up`: the supervisor's own process in the foreground, and starting it in the background."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from deploy.local import control, report
from deploy.local.district import District
from deploy.local.layout import Layout
from deploy.local.leftovers import LockedError, hold_lock, is_locked
from deploy.local.processes import last_lines, read_json
from deploy.local.progress import Progress
from deploy.local.servers import ServerError

DETACHED_SECONDS = 600


async def live(district: District) -> int:
    """The whole life of a district. Exit code: 0 asked to stop, 1 did not come up."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, district.request_stop)
    listener = await district.listen()
    began = time.monotonic()
    coming_up = asyncio.create_task(district.bring_up())
    stop_asked = asyncio.create_task(district.wait_for_stop_request())
    code = 0
    try:
        await asyncio.wait({coming_up, stop_asked}, return_when=asyncio.FIRST_COMPLETED)
        if coming_up.done():
            coming_up.result()
            district.progress.phases["total"] = round(time.monotonic() - began, 2)
            district.record()
            report.print_district(district.state(memory=False), secrets=district.layout.secrets)
            await district.serve()
    except ServerError as error:
        district.progress.console.print(f"✗ {error}", markup=False, style="red", soft_wrap=True)
        code = 1
    finally:
        coming_up.cancel()
        await asyncio.gather(coming_up, return_exceptions=True)
        district.progress.say("正在停止 stopping")
        await district.take_down()
        # The clients that asked for the end are answered before the socket goes.
        await asyncio.sleep(0.1)
        listener.close()
        district.layout.control.unlink(missing_ok=True)
    return code


def serve(layout: Layout) -> int:
    try:
        lock = hold_lock(layout)
    except LockedError:
        return already_running(layout)
    try:
        return asyncio.run(live(District(layout=layout, progress=Progress())))
    finally:
        os.close(lock)


def already_running(layout: Layout) -> int:
    """Waits while another start is under way, then prints what runs."""
    limit = time.monotonic() + DETACHED_SECONDS
    while time.monotonic() < limit and is_locked(layout):
        try:
            state = control.ask_once(layout.control, {"command": "status"})
        except (control.NotRunningError, TimeoutError):
            state = {}
        if state.get("phase") == "serving":
            print("区平台已在运行。 The district is already running.")
            report.print_district(state, secrets=layout.secrets)
            return 0
        time.sleep(0.5)
    print("另一次启动未成功。 The other start did not succeed. 请重试 Try again: ./run up", file=sys.stderr)
    return 1


def is_serving(layout: Layout) -> bool:
    try:
        return control.ask_once(layout.control, {"command": "status"}).get("phase") == "serving"
    except (control.NotRunningError, TimeoutError):
        return False


def echo_new(path: Path, offset: int) -> int:
    """Prints what was added to a file; the new offset."""
    with path.open("rb") as file:
        file.seek(offset)
        text = file.read()
    sys.stdout.write(text.decode(errors="replace"))
    sys.stdout.flush()
    return offset + len(text)


def came_up(layout: Layout, *, pid: int) -> bool:
    """Whether the state file says so, and is of this supervisor: a killed one leaves its last words behind."""
    state = read_json(layout.state)
    return state.get("supervisor", {}).get("pid") == pid and "total" in state.get("phases", {})


def detach(layout: Layout) -> int:
    """Starts the supervisor in a session of its own and shows its progress until it serves or gives up."""
    layout.make()
    if is_locked(layout):
        return already_running(layout)
    log = layout.logs / "supervisor.log"
    env = dict(os.environ, PYTHONUNBUFFERED="1") | ({"FORCE_COLOR": "1"} if sys.stdout.isatty() else {})
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.local", "up"],
            cwd=layout.root,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    offset, limit = 0, time.monotonic() + DETACHED_SECONDS
    while time.monotonic() < limit:
        offset = echo_new(log, offset)
        if process.poll() is not None:
            echo_new(log, offset)
            # Another start may have been first: then ours ended well, and the district is there.
            return 0 if process.returncode == 0 and is_serving(layout) else process.returncode or 1
        if came_up(layout, pid=process.pid):
            time.sleep(0.2)
            echo_new(log, offset)
            return 0
        time.sleep(0.2)
    print("\n".join(last_lines(log, count=20)), file=sys.stderr)
    return 1
