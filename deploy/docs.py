"""``python -m deploy.docs``: print the pages of docs/ that the code already says. A house test keeps them current."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import ModuleType

import contracts
from chassis import config, events
from chassis.codes import Code
from chassis.operations import ANYONE, Operation
from contracts import roles
from gateway import api, catalogue

ROOT = Path(__file__).resolve().parents[1]
_NOTE = "<!-- Printed by `python -m deploy.docs`; edit the code, not this page. -->\n"
Transitions = Mapping[tuple[str, str], str]


def settings() -> str:
    """Every setting with its default."""
    for path in sorted(ROOT.glob("*/**/*.py")):
        module = module_of(path)
        if module.split(".")[0] in {"chassis", "gateway", "services", "deploy"} and "setting(" in path.read_text():
            importlib.import_module(module)
    rows = [(f"`{one.name}`", f"`{one.default}`" if one.default != "" else "", one.doc) for one in config.documented()]
    text = "Environment variables of every process; a value that cannot be read stops the process with a sentence.\n\n"
    return page("Settings", text + table(("Setting", "Default", "Meaning"), rows))


def errors() -> str:
    """Every code, by the catalogue that declares it."""
    import_all(contracts)
    importlib.import_module("gateway.codes")
    text = "Codes are stable for ever; texts may improve. Over HTTP they arrive as `code` of problem+json.\n"
    for cls in sorted(Code.__subclasses__(), key=lambda cls: (cls.__module__, cls.__name__)):
        if cls.__module__.split(".")[0] not in {"chassis", "contracts", "gateway"}:
            continue
        rows = [(f"`{code.value}`", code.zh, code.en) for code in cls]
        text += f"\n## {cls.__module__}\n\n" + table(("Code", "中文", "English"), rows)
    return page("Errors", text)


def event_catalogue() -> str:
    """Every event, by owner."""
    import_all(contracts)
    text = (
        "Facts in the past tense, on the exchange `<owner>.events`, key `<district>.<event>`, as CloudEvents 1.0.\n"
        "The trail hears every one of them besides the handlers named here. For machines: AsyncAPI 3.0 at\n"
        "`/asyncapi.json` of every gateway, made from the same rows. What one request led to:\n"
        "[tracing](tracing.md).\n"
    )
    for owner in sorted(catalogue.SERVICES):
        kinds = sorted((kind for kind in events.TYPES.values() if kind.owner == owner), key=lambda kind: kind.name)
        rows = [(f"`{kind.name}`", kind.summary, _fields(kind), ", ".join(kind.handled_by) or "–") for kind in kinds]
        text += f"\n## {owner}\n\n" + table(("Event", "Meaning", "Fields", "Handled by"), rows)
    return page("Events", text)


def authorisation() -> str:
    """Who may do what, and by which address."""
    known = {**catalogue.load(), **api.own_operations()}
    addresses: dict[str, list[str]] = {}
    for route in api.routes():
        addresses.setdefault(route.operation, []).append(f"`{route.method} {route.path}`")
    text = (
        "The runtime of the service refuses every other role before a method runs. Row scope (district, street, own\n"
        "organisation) is applied besides, in queries and domain rules. `tests/authorisation` walks the table: every\n"
        "row and every address with every role, let in and refused.\n"
    )
    scopes = [(f"`{role}`", roles.TEXTS[role], roles.SCOPES[role]) for role in roles.EVERY_ROLE]
    text += "\n## Roles and scopes\n\n" + table(("Role", "角色", "范围 Scope"), scopes)
    for service in (*catalogue.SERVICES, catalogue.OWN):
        rows = [
            (f"`{name.partition('.')[2]}`", row.zh, _roles(row), "<br>".join(addresses.get(name, ["–"])))
            for name, row in sorted(known.items())
            if name.startswith(f"{service}.")
        ]
        text += f"\n## {service}\n\n" + table(("Operation", "名称", "Roles", "Address"), rows)
    return page("Authorisation", text)


def states() -> str:
    """Every state machine, drawn from its table."""
    text = "A transition that is not drawn is a conflict, never a silent no-op.\n"
    for title, transitions in state_machines():
        text += f"\n## {title}\n\n```mermaid\nstateDiagram-v2\n"
        for (before, action), after in transitions.items():
            text += f"    {before} --> {after}: {action}\n"
        text += "```\n"
    return page("State machines", text)


def state_machines() -> Iterator[tuple[str, Transitions]]:
    """``("projects/rounds", table)`` for each ``…TRANSITIONS`` of a domain module."""
    for path in sorted((ROOT / "services").glob("*/**/domain*.py")):
        module = importlib.import_module(module_of(path))
        place = "/".join(path.relative_to(ROOT / "services").parts[:-1])
        for name, value in sorted(vars(module).items()):
            if name.endswith("TRANSITIONS") and isinstance(value, Mapping) and _is_table(value):
                kind = name.removesuffix("TRANSITIONS").strip("_").lower()
                yield f"{place}: {kind}" if kind else place, value


def _is_table(value: Mapping[object, object]) -> bool:
    return all(isinstance(key, tuple) and len(key) == 2 for key in value) and all(
        isinstance(after, str) for after in value.values()
    )


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings,
    "errors.md": errors,
    "events.md": event_catalogue,
    "authorisation.md": authorisation,
    "states.md": states,
}


def page(title: str, text: str) -> str:
    return f"# {title}\n{_NOTE}\n{text}"


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Markdown."""
    names = list(head)
    lines = [
        names,
        ["---"] * len(names),
        *([cell.replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows),
    ]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def module_of(path: Path) -> str:
    """``services/notify/settings.py`` is ``services.notify.settings``."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def import_all(package: ModuleType) -> None:
    """So that everything it declares is registered."""
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        importlib.import_module(found.name)


def _fields(kind: events.EventType) -> str:
    return ", ".join(f"`{name}`" for name in kind.struct.__struct_fields__ if name != "street_codes")


def _roles(row: Operation) -> str:
    if ANYONE in row.roles:
        return "everybody"
    if row.roles >= set(roles.SIGNED_IN):
        return "everybody signed in"
    return ", ".join(sorted(row.roles))


def main() -> None:
    """Write the pages; ``--check`` only says which are old, with exit code 1."""
    folder = ROOT / "docs"
    made = {name: write() for name, write in PAGES.items()}
    old = [name for name, text in made.items() if not (folder / name).exists() or (folder / name).read_text() != text]
    if "--check" in sys.argv[1:]:
        sys.exit(f"old: {', '.join(old)}; run python -m deploy.docs" if old else 0)
    for name in old:
        (folder / name).write_text(made[name])
        print(f"docs/{name}")


if __name__ == "__main__":
    main()
