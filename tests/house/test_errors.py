"""Error codes: declared once, in both languages, and none raised that is not declared."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator

import contracts
from chassis.codes import Code
from chassis.errors import KINDS
from deploy import docs
from tests.house.kit import sources

KIND_NAMES = {kind.__name__ for kind in KINDS.values()} | {"HttpError", "SettlementError"}


def catalogues() -> list[type[Code]]:
    docs.import_all(contracts)
    return [cls for cls in Code.__subclasses__() if cls.__module__.split(".")[0] in {"chassis", "contracts", "gateway"}]


def test_codes_are_stable_words_in_two_languages() -> None:
    for cls in catalogues():
        for code in cls:
            assert re.fullmatch(r"[a-z][a-z0-9_]+", code.value), code
            assert re.search(r"[\u4e00-\u9fff]", code.zh), code
            assert code.en
            assert not re.search(r"[\u4e00-\u9fff]", code.en), code


def test_no_code_is_declared_twice() -> None:
    counts = Counter(code.value for cls in catalogues() for code in cls)
    assert [value for value, count in counts.items() if count > 1] == []


def mentions(*folders: str) -> Iterator[tuple[str, str, str]]:
    """``(place, name, attribute)`` of every ``Name.attribute`` in our code."""
    for path, tree in sources(*folders):
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                yield f"{path}:{node.lineno}", node.value.id, node.attr


def test_what_is_raised_is_declared() -> None:
    declared = {cls.__name__: {code.name for code in cls} for cls in catalogues()}
    wrong = [
        (place, name, code)
        for place, name, code in mentions("services", "gateway", "chassis")
        if name in declared and code.isupper() and code not in declared[name]
    ]
    assert wrong == []


def test_every_code_is_used() -> None:
    used = {(name, code) for _, name, code in mentions("services", "gateway", "chassis")}
    idle = [(cls.__name__, code.name) for cls in catalogues() for code in cls]
    assert [row for row in idle if row not in used] == []


RULES = ("domain.py", "actions.py", "queries.py", "handlers.py")
PLAIN = {"ValueError", "RuntimeError", "TypeError", "KeyError", "SystemExit", "LookupError"}


def test_services_raise_only_the_kinds_that_cross_the_bus() -> None:
    wrong = [
        f"{path}:{node.lineno} {node.exc.func.id}"
        for path, tree in sources("services")
        if path.endswith(RULES)
        for node in ast.walk(tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
        if node.exc.func.id[0].isupper() and node.exc.func.id not in KIND_NAMES | PLAIN
    ]
    assert wrong == []
