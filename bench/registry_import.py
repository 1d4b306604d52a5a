"""The import of 10 000 rows, beside the organisations that are there: from asking to the finished report."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.cells import Row
from bench.keys import DISTRICT, Keys
from deploy.local.seed_rows import SYNTHETIC
from deploy.local.servers import ServerError

ROWS = 10_000
LIMIT_SECONDS = 300
HEADINGS = ("组织名称", "组织类型", "登记方式", "备案号", "负责人", "联系电话", "服务领域", "街道", "简介")


def sheet(form: str, *, first: int, streets: Sequence[str], count: int = ROWS) -> bytes:
    """New organisations, filed, with every column filled that people fill."""
    from chassis.sheets import writing

    rows = [
        (
            *(f"{SYNTHETIC}导入互助队{number:06d}号", "社区社会组织", "备案", f"DR-{number:06d}", f"{SYNTHETIC}人"),
            *(f"139{number:08d}", "助老、文体", streets[number % len(streets)], f"{SYNTHETIC}数据，并非真实组织。"),
        )
        for number in range(first, first + count)
    ]
    return writing.write(rows, form=form, headings=[HEADINGS])


class Door:
    """A service's operations as one person, and its store of files; the job process is another one."""

    def __init__(self, keys: Keys, folder: Path, service: str = "registry") -> None:
        from chassis import config, db, logging, tokens
        from chassis.runtime.execute import Executor

        os.environ["LOG_LEVEL"] = "WARNING"  # the report is on stdout
        logging.configure()
        os.environ["FILES_URL"] = folder.as_uri()
        os.environ["TOKEN_PUBLIC_KEY_FILE"] = str(keys.folder / "token.pub.pem")
        verifier = tokens.Verifier(tokens.load_key(config.TOKEN_PUBLIC_KEY_FILE.get()))
        sessions = db.make_sessions(db.make_engine(db.database_url(service), pool_size=1))
        module = importlib.import_module(f"services.{service}.service")
        self._executor = Executor(module.SERVICE, sessions, verifier)
        self._headers = {"authorization": keys.token()}

    def imported(
        self, content: bytes, form: str, mode: str, *, name: str = "organisations"
    ) -> tuple[float, dict[str, Any]]:
        """Seconds until the job was done, and its result."""
        from chassis import files
        from chassis.sheets.columns import MEDIA_TYPES

        about = files.write(files.open_store(), content, district=DISTRICT, media_type=MEDIA_TYPES[form])
        began = time.perf_counter()
        asked = {"file": about, "mode": mode}
        job = self._executor.call(f"import_{name}", asked, self._headers)
        while time.perf_counter() - began < LIMIT_SECONDS:
            view = self._executor.call("get_job", {"job_id": job["job_id"]}, self._headers)
            if view["status"] in ("done", "failed"):
                break
            time.sleep(0.1)
        if view["status"] != "done":
            raise ServerError(f"import: {view}")
        return time.perf_counter() - began, dict(view["result"])


def measure(keys: Keys, folder: Path, streets: Sequence[str]) -> list[Row]:
    """A row for each form and mode; ``rate`` is rows a second, the times are of the whole import."""
    door, found = Door(keys, folder), []
    for number, (form, mode) in enumerate(
        (form, mode) for form in ("xlsx", "csv") for mode in ("all_or_nothing", "valid_rows")
    ):
        content = sheet(form, first=number * ROWS, streets=streets)
        seconds, result = door.imported(content, form, mode)
        if result["registered"] != ROWS:
            raise ServerError(f"import: {result}")
        times = dict.fromkeys(("p50_ms", "p95_ms", "p99_ms"), seconds * 1000)
        found.append(Row("registry-jobs", f"import {ROWS}, {form}, {mode}", 1, [{"rate": ROWS / seconds, **times}]))
    return found
