"""Keeps up with merges of organisations and with successors of streets."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis.events import Envelope
from chassis.runtime.entrypoints import every, on_event
from contracts.registry.events_organisations import MergeUndone, OrganisationsMerged
from contracts.registry.events_places import PlaceReinstated, PlaceRetired
from services.projects.redirects import handlers


class Redirects:
    """What became of organisations and streets."""

    @on_event(OrganisationsMerged)
    def on_organisations_merged(self, session: Session, event: OrganisationsMerged, envelope: Envelope) -> None:
        handlers.follow_merge(session, event, envelope, active=True)

    @on_event(MergeUndone)
    def on_merge_undone(self, session: Session, event: MergeUndone, envelope: Envelope) -> None:
        handlers.follow_merge(session, event, envelope, active=False)

    @on_event(PlaceRetired)
    def on_place_retired(self, session: Session, event: PlaceRetired, envelope: Envelope) -> None:
        handlers.follow_street(session, event, envelope, successor=event.successor_code)

    @on_event(PlaceReinstated)
    def on_place_reinstated(self, session: Session, event: PlaceReinstated, envelope: Envelope) -> None:
        handlers.follow_street(session, event, envelope, successor=None)

    @every(seconds=900)
    def sweep_merged(self, session: Session) -> None:
        handlers.sweep(session)
