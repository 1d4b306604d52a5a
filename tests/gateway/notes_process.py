"""The notes service as a process of its own on a real broker: ``python -m tests.gateway.notes_process serve``."""

from chassis.runtime import green

green.patch()

import sys  # noqa: E402

from chassis import config, logging  # noqa: E402
from chassis.runtime import topology  # noqa: E402
from chassis.runtime.nameko_host import serve  # noqa: E402
from tests.gateway.notes import SERVICE  # noqa: E402

if __name__ == "__main__":
    logging.configure()
    topology.declare(config.AMQP_URI.get(), SERVICE)
    sys.exit(serve(SERVICE))
