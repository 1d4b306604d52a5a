"""Stops the private servers of a data folder whose supervisor is gone."""

from __future__ import annotations

from deploy.local.database import home_for
from deploy.local.layout import Layout
from deploy.local.pg_cluster import PgCluster, unprivileged
from deploy.local.rabbit_node import Installation, RabbitNode
from deploy.local.servers import Server


def recorded_servers(layout: Layout) -> list[Server]:
    """As their record files tell; stopping needs no installation, only the recorded pids."""
    nowhere = layout.var
    user = unprivileged()
    return [
        RabbitNode(Installation(script=nowhere), home=layout.var / "rabbitmq", log=layout.logs / "rabbitmq.log"),
        PgCluster(nowhere, home=home_for(layout=layout, user=user), log=layout.logs / "postgres.log", user=user),
    ]


def stop_servers(layout: Layout) -> int:
    """Ends them; how many ran."""
    running = [server for server in recorded_servers(layout) if server.pids]
    for server in running:
        server.stop()
    return len(running)
