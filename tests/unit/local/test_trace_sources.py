"""What `./run trace` asks: the true services' databases, queues and followers, without their modules."""

from __future__ import annotations

import importlib
import os
import subprocess
import sys

from chassis.runtime.service import Service
from deploy.local import trace_sources
from deploy.local.plan import SERVICES
from services.projects.service import TRAIL

ASKED = """
import sys
from deploy.local import trace_sources
trace_sources.stand_ins()
print([name for name in sys.modules if name.startswith("services.") and name.endswith((".service", ".face"))])
"""


def asked_of(service: Service) -> tuple[object, ...]:
    queues = {event: service.queue_of(event) for event in service.handlers()}
    return service.name, service.database, service.database_name, queues, tuple(service.followers)


def test_the_stand_ins_are_asked_what_the_services_would_be() -> None:
    true = [importlib.import_module(f"services.{name}.service").SERVICE for name in SERVICES]
    assert [asked_of(one) for one in trace_sources.stand_ins()] == [asked_of(one) for one in (*true, TRAIL)]


def test_no_service_is_imported_to_follow_a_trace() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ASKED], env=dict(os.environ), capture_output=True, text=True, check=False
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")
