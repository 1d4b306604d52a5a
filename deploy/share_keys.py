"""Makes the keys of a containerised district and lays each where only its readers mount it.

`python -m deploy.share_keys /keys`: all/ holds everything and is mounted by this step alone. The broker's accounts are
among them: each process finds its address of the broker in `amqp-uri`, the broker its accounts in
broker/definitions.json. Settings: FOOTPRINT_GATEWAYS, BROKER_HOSTS, FOOTPRINT_DISTRICT.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from chassis import config
from chassis.config import setting
from contracts.broker_users import MIGRATE, TRAIL, broker_users
from deploy.accounts import Accounts
from deploy.local.keys import make_keys, write_private

# Folder → files: a gateway mounts public/ and can forge nothing; files/ is for whoever reads the store.
READERS = {
    "registry": ("token.pem", "data.key"),
    "projects": ("trail.pem", "payee.key"),
    "resources": ("resources.key",),
    "notify": ("notify.key",),
    "files": ("files.key",),
    "internal": ("internal.pem",),
    "admin": ("admin-password",),
    "public": ("token.pub.pem", "trail.pub.pem", "internal.pub.pem"),
}
# Folders of accounts that are not named after them.
FOLDERS = {MIGRATE: "admin", TRAIL: "trail"}
URI_FILE = "amqp-uri"
GATEWAYS = setting(
    "FOOTPRINT_GATEWAYS",
    "gateway-cloud gateway-370211009",
    "Gateways of a composed district, by name: each gets an account of the broker.",
)
BROKER_HOSTS = setting(
    "BROKER_HOSTS", "rabbitmq:5672", "Where a composed district's processes find RabbitMQ: host:port, one per node."
)


def share(root: Path) -> None:
    make_keys(root / "all")
    for folder, names in READERS.items():
        for name in names:
            lay(root / folder / name, (root / "all" / name).read_bytes())
    share_accounts(root)


def share_accounts(root: Path) -> None:
    users = broker_users(gateways=GATEWAYS.get().split(), district=config.DISTRICT.get())
    accounts = Accounts(users=tuple(users), file=root / "all" / "broker-users.json")
    accounts.make()
    for user in users:
        uri = uri_of(user.name, accounts.password(user.name), hosts=BROKER_HOSTS.get().split())
        lay(root / FOLDERS.get(user.name, user.name) / URI_FILE, uri.encode() + b"\n")
    definitions = root / "broker" / "definitions.json"
    lay(definitions, accounts.definitions().encode())
    # The broker runs as a user of its own. It holds salted hashes of random passwords, none of the passwords.
    definitions.parent.chmod(0o755)
    definitions.chmod(0o644)


def uri_of(user: str, password: str | None, *, hosts: Iterable[str]) -> str:
    return ";".join(f"amqp://{user}:{password}@{host}/" for host in hosts)


def lay(target: Path, content: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not target.exists() or target.read_bytes() != content:
        write_private(target, content)


if __name__ == "__main__":
    share(Path(sys.argv[1]))
