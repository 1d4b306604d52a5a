"""`./run help` and `./run clean`: standard library only, so that both work before anything is installed."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from deploy.local.layout import Layout, district_layout
from deploy.local.leftovers import is_locked
from deploy.local.processes import known_from, read_json

HELP = """\
足迹 Footprint · ./run <命令 command>

  pilot                    启动区平台并演练试点  bring up the district if needed, then play the pilot
  up [--detach]            启动区平台  bring up the district (databases, broker, services, gateways)
  status                   各进程状态  table of processes; exit code 0 when everything is ready
  bus [--all] [--json]     总线：队列、重试、滞留  the bus: queues, unsent, retries, parked messages
  bus <service> [..]       滞留消息：查看、重放、丢弃  parked messages: list, show, replay, discard (-h)
  logs [process] [-f]      查看日志  print or follow logs
  scale <service>=<n>      调整副本数  e.g. scale projects=3
  restart <process> [..]   平滑重启  replace running processes, one at a time, losing no request
  down                     停止  stop everything; data stay in var/
  seed [--organisations N] 合成数据  fill the running district with synthetic data: --history, --seed, --force
  test [--containers] [..] 运行测试  run the tests; further arguments go to pytest
  check                    代码检查  what CI checks: format, lint, types, imports, compose, house tests
  faults [--rounds N] [..] 故障测试  kill processes, broker and database; --seed, --json, --long, --scenario
  bench [..]               性能测量  measure
  trace <id> [--json]      追踪一个请求  follow one request through commands, events, messages and deliveries
  verify <receipt.json>    离线验证回执  verify a trail receipt offline
  decide <bundle|file.pb>  离线计算或复核分配  decide, or recompute an audit bundle: --rule, --completion, --json (-h)
  match <instance.json>    离线撮合  solve a matching instance offline, with its proof (--json)
  openapi                  输出 OpenAPI 文档  print the OpenAPI document
  docs                     生成文档页  print the pages of docs/ that come from the code
  lock                     锁定依赖  re-lock the requirements with hashes
  clean                    删除 var/ 中的数据  delete all local data (the district must be down)

设置 Settings: AMQP_URI, DATABASE_URL, FOOTPRINT_VAR, FOOTPRINT_PYTHON, FOOTPRINT_CLOUD_PORT, FOOTPRINT_STREET_PORT
"""


def running(layout: Layout) -> bool:
    """The supervisor, or a private server it left."""
    records = [read_json(file).get("server") for file in layout.var.glob("**/cluster.json")]
    records += [read_json(file).get("node") for file in layout.var.glob("**/node.json")]
    found = [known_from(record) for record in records]
    return is_locked(layout) or any(known and known.alive() for known in found)


def clean() -> int:
    layout = district_layout()
    if running(layout):
        print("区平台正在运行，请先停止。 The district is running; first: ./run down", file=sys.stderr)
        return 1
    outside = [*Path("/var/tmp").glob(f"footprint-postgres-{layout.key}*"), layout.sockets]
    for folder in (layout.var, *outside):
        if folder.exists():
            shutil.rmtree(folder, ignore_errors=True)
            print(f"已删除 deleted {folder}")
    return 0


if __name__ == "__main__":
    if sys.argv[1] == "clean":
        raise SystemExit(clean())
    print(HELP)
