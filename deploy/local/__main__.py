"""The commands behind ./run."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable

from deploy.local import bus, control, logs, report, serving
from deploy.local.layout import Layout, district_layout
from deploy.local.leftovers import LockedError, end_leftovers, hold_lock, is_locked
from deploy.local.plan import STREET
from deploy.local.processes import end, known_from, read_json, wait_until
from deploy.local.stopping import stop_servers

NOT_RUNNING = "区平台未运行。 The district is not running. 启动 Start it: ./run up --detach"
DOWN_SECONDS = 120


def up(layout: Layout, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run up")
    parser.add_argument("--detach", "-d", action="store_true", help="return when everything is ready")
    chosen = parser.parse_args(arguments)
    return serving.detach(layout) if chosen.detach else serving.serve(layout)


def status(layout: Layout, _arguments: list[str]) -> int:
    try:
        state = control.ask_once(layout.control, {"command": "status"})
    except (control.NotRunningError, TimeoutError):
        print(NOT_RUNNING, file=sys.stderr)
        return 3
    report.print_status(state)
    if not state["ready"]:
        print("尚未全部就绪。 Not everything is ready. ./run logs <process>", file=sys.stderr)
    return 0 if state["ready"] else 1


def show_bus(layout: Layout, arguments: list[str]) -> int:
    try:
        return bus.main(layout, arguments)
    except bus.NothingRunsError:
        print(NOT_RUNNING, file=sys.stderr)
        return 3


def show_logs(layout: Layout, arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="./run logs")
    parser.add_argument("process", nargs="?", help="e.g. projects, projects-relay, gateway-cloud; default: all")
    parser.add_argument("-f", "--follow", action="store_true")
    parser.add_argument("-n", "--lines", type=int, default=None, help="lines per log (default 100; all logs: 10)")
    chosen = parser.parse_args(arguments)
    found = logs.chosen(layout.logs, process=chosen.process)
    if not found:
        names = ", ".join(log.stem for log in logs.chosen(layout.logs, process=None)) or "-"
        print(f"没有日志 no log of {chosen.process or 'anything'}. 现有 There are: {names}", file=sys.stderr)
        return 1
    count = chosen.lines or (100 if chosen.process else 10)
    try:
        for line in logs.tail(found, count=count):
            print(line)
        if chosen.follow:
            for line in logs.follow(found):
                print(line, flush=True)
    except (KeyboardInterrupt, BrokenPipeError):
        sys.stderr.close()
    return 0


def scale(layout: Layout, arguments: list[str]) -> int:
    usage = "用法 Usage: ./run scale projects=3"
    wishes = [argument.partition("=") for argument in arguments]
    if not wishes or not all(name and count.isascii() and count.isdigit() for name, _, count in wishes):
        print(usage, file=sys.stderr)
        return 2
    for name, _, count in wishes:
        request = {"command": "scale", "name": name, "count": int(count)}
        try:
            reply = control.ask_once(layout.control, request, seconds=DOWN_SECONDS)
        except (control.NotRunningError, TimeoutError):
            print(NOT_RUNNING, file=sys.stderr)
            return 3
        if not reply.get("ok"):
            print(reply.get("error"), file=sys.stderr)
            return 1
        print(f"{name} = {count} {'就绪 ready' if reply.get('ready') else '尚未就绪 not ready yet: ./run status'}")
    return 0


def restart(layout: Layout, arguments: list[str]) -> int:
    """One process after the other, each without a gap; the first failure ends it."""
    if not arguments:
        print("用法 Usage: ./run restart projects gateway-cloud", file=sys.stderr)
        return 2
    for name in arguments:
        try:
            reply = control.ask_once(layout.control, {"command": "restart", "name": name}, seconds=DOWN_SECONDS)
        except (control.NotRunningError, TimeoutError):
            print(NOT_RUNNING, file=sys.stderr)
            return 3
        if not reply.get("ok"):
            print(reply.get("error"), file=sys.stderr)
            return 1
        print(f"{name} 已重启 restarted, {reply['seconds']} s", flush=True)
    return 0


def down(layout: Layout, _arguments: list[str]) -> int:
    """Asks the supervisor; where none answers, ends what a killed one left behind."""
    supervisor = known_from(read_json(layout.state).get("supervisor"))
    try:
        for _reply in control.ask(layout.control, {"command": "down"}, seconds=DOWN_SECONDS):
            print("正在停止 stopping" if _reply["phase"] == "stopping" else "已停止 stopped", flush=True)
        wait_until(lambda: not (supervisor and supervisor.alive()) and not is_locked(layout), seconds=10)
        return 0
    except (control.NotRunningError, TimeoutError):
        if supervisor and is_locked(layout):
            end(supervisor, seconds=DOWN_SECONDS)
    if not layout.var.exists():
        print("区平台未运行。 The district is not running.")
        return 0
    try:
        lock = hold_lock(layout)
    except LockedError:
        print("正在启动，稍后再试。 A start is under way. 请稍候 Try again in a moment: ./run down", file=sys.stderr)
        return 1
    ended = end_leftovers(layout, say=print) + stop_servers(layout)
    os.close(lock)
    print("已停止 stopped" if ended else "区平台未运行。 The district was not running.")
    return 0


def pilot(layout: Layout, arguments: list[str]) -> int:
    """Brings the district up if need be, plays the pilot through HTTP, leaves the district serving."""
    if not serving.is_serving(layout):
        code = serving.detach(layout)
        if code != 0:
            return code
    state = control.ask_once(layout.control, {"command": "status"})
    ports = state["addresses"]
    env = dict(os.environ) | {
        "CLOUD_URL": f"http://127.0.0.1:{ports['cloud']}",
        "STREET_URL": f"http://127.0.0.1:{ports['street']}",
        "FOOTPRINT_STREET": STREET,
        "PEERS_URL": f"http://127.0.0.1:{ports['peers']}",
        "ADMIN_PASSWORD_FILE": str(layout.secrets / "admin-password"),
        "TRAIL_PUBLIC_KEY_FILE": str(layout.secrets / "trail.pub.pem"),
        "FOOTPRINT_VAR": str(layout.var),
    }
    done = subprocess.run([sys.executable, "-m", "deploy.pilot", *arguments], cwd=layout.root, env=env, check=False)
    report.print_district(state, secrets=layout.secrets)
    return done.returncode


def module(name: str) -> Callable[[Layout, list[str]], int]:
    """A command that is a module of its own."""

    def execute(layout: Layout, arguments: list[str]) -> int:
        os.chdir(layout.root)
        os.execv(sys.executable, [sys.executable, "-m", name, *arguments])

    return execute


def trace(layout: Layout, arguments: list[str]) -> int:
    """Imports the services and SQL: only when it is asked for."""
    from deploy.local.trace import main as follow

    return follow(layout, arguments)


def seed(layout: Layout, arguments: list[str]) -> int:
    """Likewise."""
    from deploy.local.seed import main as fill

    return fill(layout, arguments)


COMMANDS: dict[str, Callable[[Layout, list[str]], int]] = {
    "up": up,
    "status": status,
    "bus": show_bus,
    "logs": show_logs,
    "scale": scale,
    "restart": restart,
    "down": down,
    "pilot": pilot,
    "test": module("deploy.local.testing"),
    "check": module("deploy.local.checks"),
    "faults": module("deploy.local.faults"),
    "lock": module("deploy.local.lock"),
    "bench": module("bench"),
    "openapi": module("deploy.local.openapi"),
    "docs": module("deploy.docs"),
    "trace": trace,
    "seed": seed,
}


def main(arguments: list[str]) -> int:
    name = arguments[0] if arguments else ""
    command = COMMANDS.get(name)
    if command is None:
        print(f"未知命令 unknown command: {name or '-'}。./run help", file=sys.stderr)
        return 2
    return command(district_layout(), arguments[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
