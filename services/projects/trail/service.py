"""The trail's own process: one single-active consumer on the database of projects."""

from __future__ import annotations

import contracts.topology  # noqa: F401  registers every event there is: the trail hears them all
from chassis.runtime.service import Service
from services.projects.models import Base
from services.projects.trail import tracing
from services.projects.trail.face import Trail

TRAIL = Service(
    name="projects-trail",
    cls=Trail,
    database="projects",
    metadata=(Base.metadata,),
    single_consumer=True,
    operations=(),
    followers=(tracing.FOLLOWER,),
)
