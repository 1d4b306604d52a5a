"""Health checks of containers whose process consumes no queue.

`python -m deploy.alive URL`: the page answers 200 (gateways).
`python -m deploy.alive`: the broker's port and the database's port can be reached (relays, jobs); the process
itself is the container's first, so its end is the container's.
"""

from __future__ import annotations

import socket
import sys
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from chassis import config
from chassis.config import Setting

PORTS: dict[Setting[str], int] = {config.AMQP_URI: 5672, config.DATABASE_URL: 5432}


def page_answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def server_reached(setting: Setting[str]) -> bool:
    """One node of a cluster is enough: its clients find that one too."""
    return any(port_reached(uri, usual=PORTS[setting]) for uri in setting.get().split(";"))


def port_reached(uri: str, *, usual: int) -> bool:
    parts = urlsplit(uri)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or usual), timeout=5).close()
    except OSError:
        return False
    return True


def main(arguments: list[str]) -> int:
    healthy = page_answers(arguments[0]) if arguments else all(map(server_reached, PORTS))
    return 0 if healthy else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
