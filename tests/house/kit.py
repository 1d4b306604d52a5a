"""What the house tests look at: source files as trees, and the services as they are put together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from chassis.runtime.service import Service
from gateway.catalogue import SERVICES
from tests import kit

ROOT = Path(__file__).resolve().parents[2]
CODE = ("chassis", "contracts", "services", "gateway", "deploy", "bench")


ALL = (*SERVICES, "projects-trail")


@cache
def service(name: str) -> Service:
    """One of the four, or the trail's process."""
    return kit.load_service(name)


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """``("services/notify/settings.py", tree)`` of our own files."""
    for folder in folders or CODE:
        for path in sorted((ROOT / folder).glob("**/*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/versions/" not in name:
                yield name, ast.parse(path.read_text())


def imports(tree: ast.Module) -> Iterator[str]:
    """Top-level packages a module imports, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module.split(".")[0]
