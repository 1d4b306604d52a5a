"""The broker's accounts of a deployment: passwords made once, and the definitions a node loads at boot."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chassis.runtime.permissions import BrokerUser, rights
from deploy.local.processes import read_json, write_json


def password_hash(password: str) -> str:
    """``rabbit_password_hashing_sha256``: base64 of salt (4 bytes) and SHA-256 of salt and password.

    The salt is taken from the password: these are 128 random bits, which no table of hashes can hold, and the file
    stays the same from start to start. Source: rabbitmq.com/docs/passwords, "computing password hashes".
    """
    salt = hashlib.sha256(b"footprint salt" + password.encode()).digest()[:4]
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """``users`` with the passwords kept in ``file`` (JSON, mode 600, ``{user: password}``)."""

    users: tuple[BrokerUser, ...]
    file: Path

    def make(self) -> None:
        """Passwords of users that have none yet; what exists is never touched."""
        known = read_json(self.file)
        missing = [user.name for user in self.users if user.name not in known]
        if missing:
            write_json(self.file, known | {name: secrets.token_hex(16) for name in missing})

    def password(self, name: str) -> str | None:
        found = read_json(self.file).get(name)
        return str(found) if found and any(user.name == name for user in self.users) else None

    def definitions(self, *, administrator: tuple[str, str] | None = None, vhost: str = "/") -> str:
        """What RabbitMQ loads by ``load_definitions``, as JSON text. ``administrator``: a name and password more.

        The virtual host is in it because a node that loads definitions makes neither it nor the default user.
        """
        known = read_json(self.file)
        made: dict[str, list[dict[str, Any]]] = {"vhosts": [{"name": vhost}], "users": []}
        made["users"] = [_account(user.name, known[user.name]) for user in self.users]
        made |= rights(self.users, vhost=vhost)
        if administrator:
            name, password = administrator
            made["users"].append(_account(name, password, tags=["administrator"]))
            made["permissions"].append({"user": name, "vhost": vhost, "configure": ".*", "write": ".*", "read": ".*"})
        return json.dumps(made, indent=1) + "\n"


def _account(name: str, password: str, *, tags: Iterable[str] = ()) -> dict[str, Any]:
    return {
        "name": name,
        "password_hash": password_hash(password),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
        "tags": list(tags),
    }
