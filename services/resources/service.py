"""The resources service: what is to be had, who needs it, and what became of it."""

from __future__ import annotations

from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from contracts.resources import OPERATIONS
from services.resources.allocations.face import Allocations
from services.resources.dashboard.face import Dashboard
from services.resources.funds.face import Funds
from services.resources.known.face import Known
from services.resources.matching.face import Matching
from services.resources.matching.jobs import solve_matching_round
from services.resources.models import Base
from services.resources.needs.face import Needs
from services.resources.offers.face import Offers


class Resources(Housekeeping, Known, Offers, Needs, Matching, Allocations, Funds, Dashboard):
    """Offers, needs, matching, allocations, funds."""


SERVICE = Service(
    name="resources",
    cls=Resources,
    operations=OPERATIONS,
    metadata=(Base.metadata,),
    jobs={"solve_matching_round": solve_matching_round},
)
