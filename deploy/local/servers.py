"""What broker and database have in common for the supervisor: an address, life and end."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from deploy.local.processes import last_lines

Say = Callable[[str], None]


class ServerError(Exception):
    """A server cannot be provided; the text says what to do."""


class Server(Protocol):
    @property
    def url(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def pids(self) -> list[int]: ...
    def start(self) -> None: ...
    def alive(self) -> bool: ...
    def stop(self) -> None: ...


class Broker(Server, Protocol):
    def url_of(self, user: str) -> str:
        """The address as one of the broker's accounts sees it; a given broker has but one."""
        ...


class GivenServer:
    """Named by a setting: used, never started or stopped."""

    pids: list[int] = []

    def __init__(self, *, url: str, setting: str, default_port: int) -> None:
        self.url = url
        self.kind = setting
        self._address = (urlsplit(url).hostname or "127.0.0.1", urlsplit(url).port or default_port)

    def url_of(self, user: str) -> str:
        return self.url

    def start(self) -> None:
        if not self.alive():
            host, port = self._address
            raise ServerError(
                f"{self.kind} 指向的服务器无应答。 The server named by {self.kind} does not answer at {host}:{port}.\n"
                f"启动它，或取消该设置以使用私有服务器。 Start it, or unset {self.kind} to have a private one."
            )

    def alive(self) -> bool:
        try:
            socket.create_connection(self._address, timeout=3).close()
        except OSError:
            return False
        return True

    def stop(self) -> None:
        return None


def described(url: str) -> str:
    """host:port of a server's address: what may be printed of it."""
    parts = urlsplit(url)
    return f"{parts.hostname or '127.0.0.1'}:{parts.port or '-'}"


def with_log(text: str, *, log: Path) -> str:
    tail = "\n".join(f"    {line}" for line in last_lines(log, count=12))
    return f"{text}\n  {log}:\n{tail}"
