"""The accounts of the broker: migrate, one per service, the trail's, one per gateway. Least permissions each."""

from __future__ import annotations

from collections.abc import Iterable

from chassis.runtime.permissions import BrokerUser, gateway_user, listener_user, migrate_user, service_user

SERVICES = ("registry", "projects", "resources", "notify")
TRAIL = "projects-trail"
MIGRATE = "migrate"
# Who asks whom by RPC, from its job process (CONTRACT.md: read-only, before a transaction).
CALLS = {
    "notify": ("registry",),
    "registry": ("projects", "resources", "notify"),
    "resources": ("registry", "projects"),
}


def broker_users(*, gateways: Iterable[str], district: str) -> list[BrokerUser]:
    """Every account of a deployment. ``gateways``: the names of its gateway processes."""
    return [
        migrate_user(SERVICES, beside=[TRAIL]),
        *(service_user(name, calls=CALLS.get(name, ())) for name in SERVICES),
        listener_user(TRAIL),
        *(gateway_user(name, services=SERVICES, district=district) for name in gateways),
    ]


def user_of(process: str) -> str:
    """The account a process connects as: ``registry-relay`` as ``registry``, ``migrate-registry`` as ``migrate``."""
    if process == TRAIL or process.startswith("gateway-"):
        return process
    first = process.partition("-")[0]
    return first if first in SERVICES else MIGRATE
