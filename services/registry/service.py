"""The registry: who exists, and how they grow."""

from __future__ import annotations

from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from contracts.registry import OPERATIONS
from services.registry.accounts.face import Accounts
from services.registry.base.face import BaseRooms
from services.registry.cases.face import Admission, Incubation
from services.registry.centres.face import Centres
from services.registry.consultations.face import Consultations
from services.registry.dashboard.face import Dashboard
from services.registry.deadlines.face import Deadlines
from services.registry.guidance.face import Guidance
from services.registry.models import Base
from services.registry.organisations.face import Organisations
from services.registry.places.face import Places
from services.registry.plans.face import Plans
from services.registry.policies.face import Policies
from services.registry.policy_documents.face import PolicyDocuments
from services.registry.seed_groups.face import SeedGroups
from services.registry.sessions.face import Sessions
from services.registry.teams.face import Teams
from services.registry.visits.face import Visits


class Registry(
    Housekeeping,
    Places,
    Accounts,
    Sessions,
    Organisations,
    SeedGroups,
    Admission,
    Incubation,
    Teams,
    Plans,
    Visits,
    Consultations,
    Policies,
    Dashboard,
    Deadlines,
    Centres,
    BaseRooms,
    PolicyDocuments,
    Guidance,
):
    """Places, people, organisations, incubation, supervision."""


SERVICE = Service(name="registry", cls=Registry, operations=OPERATIONS, metadata=(Base.metadata,))
