"""Events of evidence: ids and facts only. When and where a photo was taken is in none of them."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="projects", subject="evidence_id", handled_by=("projects",))
class EvidenceRead(Event, frozen=True):
    """A photo was read and its shown copy made; ``shown_sha256`` is the copy's hash."""

    evidence_id: str
    project_id: str | None
    order_id: str | None
    sha256: str
    shown_sha256: str


@event(owner="projects", subject="evidence_id")
class EvidenceRefused(Event, frozen=True):
    """A photo could not be read; ``problem`` is the stable code of the reason."""

    evidence_id: str
    project_id: str | None
    order_id: str | None
    sha256: str
    problem: str


@event(owner="projects", subject="evidence_id")
class EvidenceConsentRecorded(Event, frozen=True):
    """Consent to show a photo in public was recorded."""

    evidence_id: str
    project_id: str | None
    order_id: str | None


@event(owner="projects", subject="evidence_id")
class EvidenceConsentWithdrawn(Event, frozen=True):
    """Consent to show a photo in public was withdrawn: nobody outside sees it any more."""

    evidence_id: str
    project_id: str | None
    order_id: str | None


@event(owner="projects", subject="evidence_id", handled_by=("projects",))
class EvidenceErased(Event, frozen=True):
    """What was read from a photo is erased, and its shown copy is deleted."""

    evidence_id: str
    project_id: str | None
    order_id: str | None


@event(owner="projects", subject="project_id", handled_by=("projects",))
class ActivityEvidenceAdded(Event, frozen=True):
    """Photos or files of an activity were added (``[{sha256, size, media_type}]``)."""

    project_id: str
    activity_id: str
    activity_evidence_id: str
    organisation_id: str
    evidence: list[dict[str, Any]]


@event(owner="projects", subject="district")
class EvidencePolicyChanged(Event, frozen=True):
    """The district's numbers for photos were changed."""

    district: str
    changed: list[str]
