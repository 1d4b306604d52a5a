"""Three network namespaces and two bridges: one the nodes of a cluster talk over, one their clients reach them by.

So a node can be cut off from its peers alone, while clients still reach it, or from everybody. Linux, as root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess

from deploy.local.servers import ServerError

ADVICE = (
    "集群场景需要 Linux、root 与 iproute2（网络命名空间）。 "
    "The cluster scenario needs Linux, root and iproute2 (network namespaces)."
)


def ip(*arguments: str) -> None:
    """Raises ServerError with what ``ip`` said."""
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise ServerError(f"ip {' '.join(arguments)}: {done.stderr.strip()}\n{ADVICE}")


class Network:
    """Nodes are numbered from 1. ``key`` (hex) makes names and addresses this checkout's own.

    Addresses are of 198.18.0.0/15, which is set aside for tests of network devices (RFC 2544) and routed nowhere.
    """

    def __init__(self, key: str, *, count: int = 3) -> None:
        self.numbers = tuple(range(1, count + 1))
        self._name = f"fp{key[:5]}"
        self._octet = int(key[:2], 16)
        self._bridges = {"p": f"{self._name}p", "c": f"{self._name}c"}

    def peer_address(self, number: int) -> str:
        return f"198.18.{self._octet}.{10 + number}"

    def client_address(self, number: int) -> str:
        return f"198.19.{self._octet}.{10 + number}"

    def inside(self, number: int) -> tuple[str, ...]:
        """What to put before a command to run it in the node's namespace; the pid stays the command's own."""
        return ("ip", "netns", "exec", self._namespace(number))

    def _namespace(self, number: int) -> str:
        return f"{self._name}n{number}"

    def _port(self, side: str, number: int) -> str:
        """The bridge's end of the node's cable; interface names have at most 15 letters."""
        return f"{self._bridges[side]}{number}"

    def make(self) -> None:
        """Raises ServerError. What a killed run left of the same names is removed first."""
        if not shutil.which("ip") or os.geteuid() != 0:
            raise ServerError(ADVICE)
        self.remove()
        for bridge in self._bridges.values():
            ip("link", "add", bridge, "type", "bridge")
            ip("link", "set", bridge, "up")
        ip("address", "add", f"198.19.{self._octet}.1/24", "dev", self._bridges["c"])
        for number in self.numbers:
            ip("netns", "add", self._namespace(number))
            ip("-n", self._namespace(number), "link", "set", "lo", "up")
            self._plug("p", number, self.peer_address(number))
            self._plug("c", number, self.client_address(number))

    def _plug(self, side: str, number: int, address: str) -> None:
        namespace, port, inner = self._namespace(number), self._port(side, number), f"{side}0"
        ip("link", "add", port, "type", "veth", "peer", "name", inner, "netns", namespace)
        ip("link", "set", port, "master", self._bridges[side])
        ip("-n", namespace, "address", "add", f"{address}/24", "dev", inner)
        ip("-n", namespace, "link", "set", inner, "up")
        ip("link", "set", port, "up")

    def remove(self) -> None:
        """Namespaces, bridges and cables; processes in the namespaces must have ended."""
        for number in self.numbers:
            with contextlib.suppress(ServerError):
                ip("netns", "delete", self._namespace(number))
            for side in self._bridges:
                with contextlib.suppress(ServerError):
                    ip("link", "delete", self._port(side, number))
        for bridge in self._bridges.values():
            with contextlib.suppress(ServerError):
                ip("link", "delete", bridge)

    def cut(self, number: int, *, clients: bool) -> None:
        """Nothing passes between the node and its peers, nor, with ``clients``, anybody else. Nobody is told."""
        for side in ("p", "c") if clients else ("p",):
            ip("link", "set", self._port(side, number), "down")

    def heal(self, number: int) -> None:
        for side in self._bridges:
            ip("link", "set", self._port(side, number), "up")
