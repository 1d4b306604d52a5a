"""Which processes a district has, with their commands and settings (docs: the table of processes)."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contracts.broker_users import SERVICES as SERVICES
from contracts.broker_users import TRAIL, broker_users, user_of
from deploy.accounts import Accounts
from deploy.local.layout import Layout
from deploy.local.processes import choose_ports, read_json, write_json
from deploy.local.supervisor import Spec

# The broker's address as one of its accounts.
UriOf = Callable[[str], str]
DISTRICT = "370211"
STREET = "370211009"
GATEWAYS = ("gateway-cloud", f"gateway-{STREET}")
WISHED_PORTS = {"cloud": 8000, "street": 8001, "smtp": 8025, "peers": 8026}
PORT_SETTINGS = {"cloud": "FOOTPRINT_CLOUD_PORT", "street": "FOOTPRINT_STREET_PORT"}


@dataclass(frozen=True, kw_only=True)
class Addresses:
    cloud: int
    street: int
    smtp: int
    peers: int

    @property
    def cloud_url(self) -> str:
        return f"http://127.0.0.1:{self.cloud}"

    @property
    def street_url(self) -> str:
        return f"http://127.0.0.1:{self.street}"

    @property
    def peers_url(self) -> str:
        return f"http://127.0.0.1:{self.peers}"


def choose_addresses(layout: Layout) -> Addresses:
    """The ports of last time, else the usual ones, else any that are free; settings win."""
    file = layout.var / "ports.json"
    last = read_json(file)
    wishes = {}
    for name, usual in WISHED_PORTS.items():
        setting = os.environ.get(PORT_SETTINGS.get(name, ""), "")
        wishes[name] = int(setting) if setting else int(last.get(name) or usual)
    ports = dict(zip(wishes, choose_ports(*wishes.values()), strict=True))
    write_json(file, ports)
    return Addresses(**ports)


def district_code() -> str:
    return os.environ.get("FOOTPRINT_DISTRICT", DISTRICT)


def accounts(layout: Layout) -> Accounts:
    """The broker's accounts of this district; the passwords lie with its other secrets."""
    users = broker_users(gateways=GATEWAYS, district=district_code())
    return Accounts(users=tuple(users), file=layout.secrets / "broker-users.json")


def environment(*, layout: Layout, database_url: str, addresses: Addresses) -> dict[str, str]:
    """What every process is given. FOOTPRINT_DEMO is set here and nowhere else (CONTRACT.md, two clocks)."""
    secrets = layout.secrets
    # AMQP_URI is added per process: each connects as its own account.
    made = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "AMQP_URI"))}
    return made | {
        "PYTHONPATH": str(layout.root),
        "PYTHONUNBUFFERED": "1",
        "PYTHONUTF8": "1",
        # glibc keeps an arena per thread otherwise; a process of ours would carry 20 MiB of nothing.
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
        "DATABASE_URL": database_url,
        "FOOTPRINT_DISTRICT": district_code(),
        "FOOTPRINT_DEMO": "1",
        "FOOTPRINT_VAR": str(layout.var),
        "FILES_URL": os.environ.get("FILES_URL", (layout.var / "files").as_uri()),
        "FILES_KEY_FILE": str(secrets / "files.key"),
        "SMTP_URL": os.environ.get("SMTP_URL", f"smtp://127.0.0.1:{addresses.smtp}"),
        "NOTIFY_ALLOW_LOOPBACK": "1",
        "TOKEN_PUBLIC_KEY_FILE": str(secrets / "token.pub.pem"),
        "TRAIL_PUBLIC_KEY_FILE": str(secrets / "trail.pub.pem"),
        "INTERNAL_PUBLIC_KEY_FILE": str(secrets / "internal.pub.pem"),
        "ADMIN_PASSWORD_FILE": str(secrets / "admin-password"),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "INFO"),
    }


def private_settings(*, layout: Layout, service: str) -> dict[str, str]:
    """Key files only services, or only their owner, are told of; never a gateway."""
    secrets = layout.secrets
    internal = {"INTERNAL_SIGNING_KEY_FILE": str(secrets / "internal.pem")}
    if service == "registry":
        return internal | {
            "TOKEN_SIGNING_KEY_FILE": str(secrets / "token.pem"),
            "DATA_KEY_FILE": str(secrets / "data.key"),
        }
    if service == "projects":
        return internal | {
            "TRAIL_SIGNING_KEY_FILE": str(secrets / "trail.pem"),
            "PAYEE_KEY_FILE": str(secrets / "payee.key"),
        }
    if service == "resources":
        return internal | {"RESOURCES_KEY_FILE": str(secrets / "resources.key")}
    if service == "notify":
        return internal | {"NOTIFY_KEY_FILE": str(secrets / "notify.key")}
    return internal


def service_command(service: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"services.{service}", *arguments)


def process_settings(process: str, uri_of: UriOf | None) -> dict[str, str]:
    address = {"AMQP_URI": uri_of(user_of(process))} if uri_of else {}
    return {"FOOTPRINT_PROCESS": process} | address


def service_environment(
    *, layout: Layout, service: str, process: str, env: dict[str, str], uri_of: UriOf
) -> dict[str, str]:
    return env | private_settings(layout=layout, service=service) | process_settings(process, uri_of)


def service_specs(*, layout: Layout, service: str, env: dict[str, str], uri_of: UriOf) -> list[Spec]:
    verbs = {service: "serve", f"{service}-relay": "relay", f"{service}-jobs": "jobs"}
    if service == "projects":
        verbs[TRAIL] = "trail"
    return [
        Spec(
            name=name,
            argv=service_command(service, verb),
            env=service_environment(layout=layout, service=service, process=name, env=env, uri_of=uri_of),
            cwd=layout.root,
            scalable=verb in ("serve", "jobs"),
        )
        for name, verb in verbs.items()
    ]


def gateway_spec(
    *, layout: Layout, name: str, port: int, street: str | None, env: dict[str, str], uri_of: UriOf | None = None
) -> Spec:
    gunicorn = str(Path(sys.executable).with_name("gunicorn"))
    socket = layout.sockets / f"{name}.sock"
    return Spec(
        name=name,
        argv=(
            *(gunicorn, "-k", "asgi", "--workers", os.environ.get("GATEWAY_WORKERS", "1")),
            *("-b", f"127.0.0.1:{port}", "--graceful-timeout", "25", "--timeout", "60"),
            *("--control-socket", str(socket), "gateway.app:get_app()"),
        ),
        env=env | process_settings(name, uri_of) | ({"FOOTPRINT_STREET": street} if street else {}),
        cwd=layout.root,
        wave=0,
        renewal="workers",
        control=socket,
    )


def peers_spec(*, layout: Layout, addresses: Addresses, env: dict[str, str]) -> Spec:
    ports = {"PEERS_SMTP_PORT": str(addresses.smtp), "PEERS_HTTP_PORT": str(addresses.peers)}
    return Spec(
        name="peers",
        argv=(sys.executable, "-m", "deploy.local.peers"),
        env=env | ports | {"FOOTPRINT_PROCESS": "peers"},
        cwd=layout.root,
        wave=2,
        renewal="alone",
    )


def district_specs(*, layout: Layout, addresses: Addresses, env: dict[str, str], uri_of: UriOf) -> list[Spec]:
    """In start order: those that consume, those that publish, then the doors."""
    services = [
        spec for name in SERVICES for spec in service_specs(layout=layout, service=name, env=env, uri_of=uri_of)
    ]
    doors = zip(GATEWAYS, (addresses.cloud, addresses.street), (None, STREET), strict=True)
    cloud, street = (
        gateway_spec(layout=layout, name=name, port=port, street=code, env=env, uri_of=uri_of)
        for name, port, code in doors
    )
    return [peers_spec(layout=layout, addresses=addresses, env=env), *services, cloud, street]
