"""The registry: who exists, and how they grow."""

from __future__ import annotations

from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from contracts.registry import OPERATIONS
from services.registry.accounts.face import Accounts
from services.registry.api_keys.face import ApiKeys
from services.registry.cases.face import Admission, Incubation
from services.registry.consultations.face import Consultations
from services.registry.dashboard.face import Dashboard
from services.registry.models import Base
from services.registry.oidc.face import Oidc
from services.registry.oidc.fetching import fetch_provider_keys
from services.registry.organisations.face import Organisations
from services.registry.places.face import Places
from services.registry.plans.face import Plans
from services.registry.policies.face import Policies
from services.registry.privacy.face import Privacy
from services.registry.privacy.jobs import export_personal_data, reseal_personal_data
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
    ApiKeys,
    Privacy,
    Oidc,
):
    """Places, people, organisations, incubation, supervision."""


SERVICE = Service(
    name="registry",
    cls=Registry,
    operations=OPERATIONS,
    metadata=(Base.metadata,),
    jobs={"export_personal_data": export_personal_data, "reseal_personal_data": reseal_personal_data},
    pumps=(fetch_provider_keys,),
)
