"""Whether a process does its work: its queues have consumers, its page answers, or simply: it lives."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Mapping

from deploy.local.plan import STREET, Addresses


def queues_by_process() -> Mapping[str, list[str]]:
    """Imported when asked for: the supervisor starts before the services' code is needed."""
    from contracts.topology import consumed_queues

    return consumed_queues()


def missing_consumers(amqp_uri: str, queues: list[str]) -> list[str]:
    """Queues without a consumer; all of them while the broker does not answer."""
    from chassis.runtime.health import missing_consumers as ask_broker

    try:
        return list(ask_broker(amqp_uri, queues))
    except Exception:
        return queues


def fewest_consumers(amqp_uri: str, queues: list[str]) -> int:
    """Of those queues; 0 while the broker does not answer."""
    from chassis.runtime.health import consumers

    try:
        return min(consumers(amqp_uri, queues).values())
    except Exception:
        return 0


def sessions(database_url: str, name: str) -> int:
    """Database sessions that call themselves so, as each relay does; 0 while the server does not answer."""
    import psycopg2

    try:
        with contextlib.closing(psycopg2.connect(f"{database_url}/postgres", connect_timeout=5)) as link:
            cursor = link.cursor()
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = %s", (name,))
            found = cursor.fetchone()
            return int(found[0]) if found else 0
    except psycopg2.Error:
        return 0


def page_answers(port: int, path: str = "/readyz") -> bool:
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        link.request("GET", path)
        return link.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        link.close()


def pages(addresses: Addresses) -> dict[str, int]:
    """Process → port of those that are ready when /readyz answers 200."""
    return {
        "gateway-cloud": addresses.cloud,
        f"gateway-{STREET}": addresses.street,
        "peers": addresses.peers,
    }


def judge(*, names: list[str], amqp_uri: str, queues: Mapping[str, list[str]], addresses: Addresses) -> dict[str, bool]:
    """Process → ready, for every process named; one question to the broker for all queues."""
    wanted = sorted({queue for name in names for queue in queues.get(name, [])})
    missing = set(missing_consumers(amqp_uri, wanted)) if wanted else set()
    ports = pages(addresses)
    return {
        name: page_answers(ports[name]) if name in ports else missing.isdisjoint(queues.get(name, [])) for name in names
    }
