"""The projects service: rounds, proposals, money, delivery, orders, the trail."""

from __future__ import annotations

from chassis.runtime.entrypoints import ANY_EVENT
from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from contracts.projects import OPERATIONS
from services.projects.awards.face import Awards
from services.projects.dashboard.face import Dashboard
from services.projects.decisions.face import Decisions
from services.projects.delivery.face import Delivery
from services.projects.known.face import Known
from services.projects.models import Base
from services.projects.orders.face import Orders
from services.projects.proposals.face import Proposals
from services.projects.review.face import Review
from services.projects.roadshows.face import Roadshows
from services.projects.rounds.face import Rounds
from services.projects.trail import handlers as trail
from services.projects.trail.face import TrailReading
from services.projects.trail.service import TRAIL as TRAIL
from services.projects.votes.face import Votes


class Projects(
    Housekeeping,
    Known,
    Rounds,
    Proposals,
    Review,
    Roadshows,
    Votes,
    Decisions,
    Awards,
    Delivery,
    Orders,
    TrailReading,
    Dashboard,
):
    """From a call for proposals to the last fen returned, and every service order."""

    discards = {TRAIL.queue_of(ANY_EVENT): trail.on_event_discarded}


SERVICE = Service(name="projects", cls=Projects, operations=OPERATIONS, metadata=(Base.metadata,))
