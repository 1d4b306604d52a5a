"""The resources service: what is to be had, who needs it, and what became of it."""

from __future__ import annotations

from typing import Any

from chassis.runtime.jobrunner import JobRun
from chassis.runtime.service import Service
from chassis.runtime.standard import Housekeeping
from chassis.sheets.retention import DROP
from contracts.resources import OPERATIONS
from services.resources import others
from services.resources.allocations.face import Allocations
from services.resources.bulk.face import Bulk
from services.resources.bulk.jobs import JOBS as BULK_JOBS
from services.resources.bulk.retention import SHEETS
from services.resources.census.face import Censuses
from services.resources.dashboard.face import Dashboard
from services.resources.dispatch.face import Dispatches
from services.resources.files.queries import HOLDERS
from services.resources.funds.face import Funds
from services.resources.gifts.face import Gifts
from services.resources.grid.face import Grid
from services.resources.instances.face import Instances
from services.resources.instances.jobs import solve_instance
from services.resources.instances.retention import drop_instances
from services.resources.known.face import Known
from services.resources.list_rules.face import ListRules
from services.resources.live.face import Live
from services.resources.live.keeper import Keeper
from services.resources.matching.face import Matching
from services.resources.matching.jobs import solve_matching_round
from services.resources.models import Base
from services.resources.needs.face import Needs
from services.resources.needs.face_residents import ResidentsNeeds
from services.resources.offers.face import Offers
from services.resources.one_list.face import OneList
from services.resources.one_list.jobs import export_one_list
from services.resources.persons.face import Persons
from services.resources.persons.models import PARTS
from services.resources.policy.face import Policy
from services.resources.redirects.face import Redirects
from services.resources.redirects.queries import widen
from services.resources.stock_cards.face import StockCards
from services.resources.suggestions.face import Suggestions
from services.resources.suggestions.guessing import Guesser
from services.resources.suggestions.jobs import read_texts_again
from services.resources.talents.face import Talents
from services.resources.units.face import Units
from services.resources.vocabulary.face import VocabularyFace


class Lists(Grid, ListRules, OneList, Censuses, Talents, Dispatches):
    """The one list, the census, the talent grid and dispatch."""


class Resources(
    Housekeeping,
    Known,
    Redirects,
    Persons,
    Offers,
    Needs,
    ResidentsNeeds,
    Matching,
    Instances,
    Allocations,
    Funds,
    Dashboard,
    Suggestions,
    VocabularyFace,
    Units,
    StockCards,
    Gifts,
    Live,
    Policy,
    Lists,
    Bulk,
):
    """Offers, needs, suggestions, matching, allocations, funds."""

    holders = HOLDERS
    parts = PARTS
    sheet_jobs = SHEETS.names


def drop_files(run: JobRun) -> dict[str, Any]:
    """Unless another service names them."""
    return SHEETS.drop(run, count_elsewhere=others.count_holders)


SERVICE = Service(
    name="resources",
    cls=Resources,
    operations=OPERATIONS,
    metadata=(Base.metadata,),
    widen=widen,
    jobs={
        "solve_matching_round": solve_matching_round,
        "export_one_list": export_one_list,
        "read_texts_again": read_texts_again,
        "solve_instance": solve_instance,
        "drop_instances": drop_instances,
        **BULK_JOBS,
        DROP: drop_files,
    },
    pumps=(Keeper(), Guesser()),
)
