"""Work that would block the event loop (argon2), carried out beside it."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def offload(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run ``work`` in a real thread where eventlet drives the process, else directly.

    eventlet is looked up, not imported: capability code that calls this must not drag a framework in.
    """
    patcher = sys.modules.get("eventlet.patcher")
    if patcher is not None and patcher.is_monkey_patched("thread"):
        result: R = importlib.import_module("eventlet.tpool").execute(work, *args, **kwargs)
        return result
    return work(*args, **kwargs)
