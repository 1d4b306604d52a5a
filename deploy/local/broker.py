"""Which RabbitMQ the district uses, in this order: AMQP_URI, one on disk as a private node, apt as root,
apt unpacked without root, Docker. Otherwise the one command to run is printed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from deploy.accounts import Accounts
from deploy.local import debian
from deploy.local.containers import ContainerBroker, docker_answers
from deploy.local.layout import Layout
from deploy.local.rabbit_node import Installation, RabbitNode
from deploy.local.servers import Broker, GivenServer, Say, ServerError

HOMEBREW = ("/opt/homebrew/opt/rabbitmq/sbin", "/usr/local/opt/rabbitmq/sbin", "/usr/local/sbin")
ADVICE = (
    "没有可用的 RabbitMQ。 No RabbitMQ can be had here. 请任选其一 Run one of:\n"
    "  apt-get install -y rabbitmq-server       (Debian/Ubuntu, root)\n"
    "  brew install rabbitmq                    (macOS)\n"
    "  export AMQP_URI=amqp://user:password@host:5672/"
)


def on_disk(root: Path = Path("/")) -> Installation | None:
    """RabbitMQ's own server script and an Erlang to run it, if this machine has both."""
    script = debian.server_script(root)
    homebrew = [Path(folder) / "rabbitmq-server" for folder in HOMEBREW] if root == Path("/") else []
    script = script or next((each for each in homebrew if each.exists()), None)
    if script is None:
        return None
    found = Installation(script=script)
    return found if shutil.which("erl", path=found.environment()["PATH"]) else None


def fetched(*, layout: Layout, say: Say) -> Installation | None:
    """From the distribution's archive, with or without root; None where there is no apt or it fails."""
    if not shutil.which("apt-get"):
        return None
    try:
        if os.geteuid() == 0:
            debian.install(package="rabbitmq-server", say=say)
            return on_disk()
        # Shared by the district and the tests: both nodes run from one unpacked tree.
        folder = layout.root / "var" / "rabbitmq-server"
        return debian.unpack(package="rabbitmq-server", folder=folder, say=say)
    except ServerError as error:
        say(str(error))
        return None


def provide(*, layout: Layout, say: Say, accounts: Accounts | None = None) -> Broker:
    """A broker that can be started; it is not started yet. Only a private node gets ``accounts``."""
    given = os.environ.get("AMQP_URI")
    if given:
        return GivenServer(url=given, setting="AMQP_URI", default_port=5672)
    installation = on_disk() or fetched(layout=layout, say=say)
    if installation:
        home, log = layout.var / "rabbitmq", layout.logs / "rabbitmq.log"
        return RabbitNode(installation, home=home, log=log, accounts=accounts)
    if docker_answers():
        return ContainerBroker(name=f"footprint-rabbitmq-{layout.key}", home=layout.var / "rabbitmq")
    raise ServerError(ADVICE)
