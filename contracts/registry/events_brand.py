"""Events of brand pages."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="registry", subject="brand_id")
class BrandDrafted(Event, frozen=True):
    """An organisation has a brand page, not yet public."""

    brand_id: str
    organisation_id: str


@event(owner="registry", subject="brand_id")
class BrandChanged(Event, frozen=True):
    """The page says something else; ``changed`` names the fields."""

    brand_id: str
    organisation_id: str
    changed: list[str]


@event(owner="registry", subject="brand_id")
class BrandPublished(Event, frozen=True):
    """The page is public under its slug."""

    brand_id: str
    organisation_id: str
    slug: str


@event(owner="registry", subject="brand_id")
class BrandHidden(Event, frozen=True):
    """The page is not public any more."""

    brand_id: str
    organisation_id: str


@event(owner="registry", subject="brand_id")
class BrandHonourAdded(Event, frozen=True):
    """An honour was recorded."""

    brand_id: str
    organisation_id: str
    honour_id: str


@event(owner="registry", subject="brand_id")
class BrandHonourRemoved(Event, frozen=True):
    """An honour was taken off the page."""

    brand_id: str
    organisation_id: str
    honour_id: str


@event(owner="registry", subject="brand_id")
class BrandPhotoAdded(Event, frozen=True):
    """A photo was added; ``consented``: people are shown and their consent is on file."""

    brand_id: str
    organisation_id: str
    photo_id: str
    sha256: str
    consented: bool


@event(owner="registry", subject="brand_id")
class BrandPhotoWithdrawn(Event, frozen=True):
    """Consent was withdrawn or the photo removed: the registry holds no reference to the file any more."""

    brand_id: str
    organisation_id: str
    photo_id: str
