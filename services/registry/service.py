"""The registry: who exists, and how they grow."""

from __future__ import annotations

from typing import Any

from chassis.runtime.jobrunner import JobRun
from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from chassis.sheets.retention import DROP
from contracts.registry import OPERATIONS
from services.registry import others
from services.registry.accounts.face import Accounts
from services.registry.api_keys.face import ApiKeys
from services.registry.assessments.face import Assessments
from services.registry.base.face import BaseRooms
from services.registry.brands.face import Brands
from services.registry.bulk.face import Bulk
from services.registry.bulk.jobs import export_organisations, import_organisations
from services.registry.bulk.retention import SHEETS
from services.registry.cases.face import Admission, Incubation
from services.registry.centres.face import Centres
from services.registry.consultations.face import Consultations
from services.registry.credit.face import Credit
from services.registry.cultivation.face import Cultivation
from services.registry.cultivation.jobs import compute_cultivation_list
from services.registry.dashboard.face import Dashboard
from services.registry.deadlines.face import Deadlines
from services.registry.debarments.face import DebarmentMirror
from services.registry.designations.face import Designations
from services.registry.duplicates.face import Duplicates
from services.registry.duplicates.sweep import check_duplicates
from services.registry.files.queries import HOLDERS
from services.registry.guidance.face import Guidance
from services.registry.integrations.face import Integrations
from services.registry.merges.face import Merges
from services.registry.models import Base
from services.registry.oidc.face import Oidc
from services.registry.oidc.fetching import fetch_provider_keys
from services.registry.organisations.backfill import index_organisations
from services.registry.organisations.face import Organisations
from services.registry.organisations.face_details import OrganisationDetails, OrganisationSearch
from services.registry.party.face import Party
from services.registry.places.face import Places
from services.registry.places.queries import widen
from services.registry.plans.face import Plans
from services.registry.policies.face import Policies
from services.registry.policy_documents.face import PolicyDocuments
from services.registry.privacy.face import Privacy
from services.registry.privacy.jobs import export_personal_data, reseal_personal_data
from services.registry.programmes.face import Programmes
from services.registry.readiness.face import Readiness
from services.registry.rulebooks.face import Rulebooks
from services.registry.seed_groups.face import SeedGroups
from services.registry.sessions.face import Sessions
from services.registry.teams.face import Teams
from services.registry.trainings.face import Trainings
from services.registry.visits.face import Visits


class Registry(
    Housekeeping,
    Places,
    Accounts,
    Sessions,
    Organisations,
    OrganisationDetails,
    OrganisationSearch,
    Duplicates,
    Merges,
    Credit,
    DebarmentMirror,
    Readiness,
    SeedGroups,
    Admission,
    Incubation,
    Teams,
    Plans,
    Visits,
    Consultations,
    Policies,
    Dashboard,
    Bulk,
    Rulebooks,
    Assessments,
    Cultivation,
    Party,
    Designations,
    Brands,
    Programmes,
    Trainings,
    ApiKeys,
    Integrations,
    Privacy,
    Oidc,
    Deadlines,
    Centres,
    BaseRooms,
    PolicyDocuments,
    Guidance,
):
    """Places, people, organisations, incubation, supervision."""

    holders = HOLDERS
    sheet_jobs = SHEETS.names


def make_personal_copy(run: JobRun, export_id: str) -> dict[str, Any]:
    """With what the other services keep, asked at the last moment."""
    return export_personal_data(run, export_id, ask=others.personal_data)


def drop_files(run: JobRun) -> dict[str, Any]:
    """Unless another service names them."""
    return SHEETS.drop(run, count_elsewhere=others.count_holders)


SERVICE = Service(
    name="registry",
    cls=Registry,
    operations=OPERATIONS,
    metadata=(Base.metadata,),
    jobs={
        "import_organisations": import_organisations,
        "export_organisations": export_organisations,
        "compute_cultivation_list": compute_cultivation_list,
        DROP: drop_files,
        "export_personal_data": make_personal_copy,
        "reseal_personal_data": reseal_personal_data,
    },
    pumps=(fetch_provider_keys, index_organisations, check_duplicates),
    widen=widen,
)
