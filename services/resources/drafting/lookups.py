"""What drafts look up, each thing once: rows of a sheet name the same organisations, units and words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.resources.codes import ResourcesCode
from services.resources.known import domain
from services.resources.known import queries as known
from services.resources.known.models import KnownOrganisation, KnownProject
from services.resources.units import queries as units
from services.resources.units.domain import Table
from services.resources.vocabulary import queries as vocabulary
from services.resources.vocabulary.topics import Reader


class Lookups:
    """For one transaction and one actor. Answers and refuses as :mod:`services.resources.known.queries` does."""

    def __init__(self, session: Session, actor: Actor) -> None:
        self.actor = actor
        self._session = session
        self._organisations: dict[str, KnownOrganisation | None] = {}
        self._survivors: dict[str, KnownOrganisation | None] = {}
        self._projects: dict[str, KnownProject | None] = {}
        self._in_scope: set[str] = set()

    @cached_property
    def units(self) -> Table:
        """The district's units."""
        return units.get_table(self._session, self.actor.district_code)

    @cached_property
    def vocabulary(self) -> Reader:
        """The district's vocabulary."""
        return vocabulary.current(self._session, self.actor.district_code)

    def read_ahead(self, drafts: Iterable[Mapping[str, Any]]) -> None:
        """What these drafts name, by the hundred; what was not read ahead is read when it is asked for."""
        rows = list(drafts)
        self._read_projects(one["project_id"] for one in rows if one.get("project_id"))
        named = {one.get("organisation_id") for one in rows} | {
            row.organisation_id for row in self._projects.values() if row is not None
        }
        self._read_organisations(one for one in (*named, self.actor.organisation_id) if one is not None)

    def organisation(self, organisation_id: str) -> KnownOrganisation | None:
        """What we know of it, if anything yet; of a merged one's survivor."""
        self._read_organisations([organisation_id])
        found = self._organisations[organisation_id]
        if found is None or found.status != "merged":
            return found
        if organisation_id not in self._survivors:
            self._survivors[organisation_id] = known.find_organisation(self._session, organisation_id)
        return self._survivors[organisation_id]

    def get_organisation(self, organisation_id: str) -> KnownOrganisation:
        """An organisation inside the actor's scope."""
        found = self.organisation(organisation_id)
        if found is not None:
            self._read_organisations([found.id])
        if found is None or found.id not in self._in_scope:
            raise NotFoundError(ResourcesCode.ORGANISATION_UNKNOWN, organisation_id=organisation_id)
        return found

    def get_project(self, project_id: str) -> KnownProject:
        """A project inside the actor's scope."""
        self._read_projects([project_id])
        found = self._projects[project_id]
        if found is None:
            raise NotFoundError(ResourcesCode.PROJECT_UNKNOWN, project_id=project_id)
        return found

    def check_own(self, organisation_id: str) -> None:
        """Refuse an organisation-bound actor that writes for somebody else."""
        found = self.organisation(organisation_id)
        domain.check_own(self.actor, organisation_id, hub_id=found.hub_id if found else None)

    def _read_organisations(self, organisation_ids: Iterable[str]) -> None:
        wanted = {one for one in organisation_ids if one not in self._organisations}
        if not wanted:
            return
        self._organisations |= dict.fromkeys(wanted)
        streets = self.actor.street_codes or None
        scope = db.scope_conditions(KnownOrganisation, district=self.actor.district_code, streets=streets)
        asked = select(KnownOrganisation, and_(*scope)).where(KnownOrganisation.id.in_(wanted))
        for row, is_in_scope in self._session.execute(asked):
            self._organisations[row.id] = row
            if is_in_scope:
                self._in_scope.add(row.id)

    def _read_projects(self, project_ids: Iterable[str]) -> None:
        wanted = {one for one in project_ids if one not in self._projects}
        if not wanted:
            return
        self._projects |= dict.fromkeys(wanted)
        asked = db.scoped(select(KnownProject).where(KnownProject.id.in_(wanted)), KnownProject, self.actor)
        self._projects |= {row.id: row for row in self._session.scalars(asked)}
