"""Rules of brand pages: states, what public text may not say, and when a photo may be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_assess import BrandCode
from services.registry.machine import step

STATUSES = ("draft", "published", "hidden")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("draft", "publish"): "published",
    ("published", "hide"): "hidden",
    ("hidden", "publish"): "published",
}
# What a new page shows to whom: party building only to people who signed in.
VISIBILITY: dict[str, str] = {
    "story": "public",
    "honours": "public",
    "grade": "public",
    "party": "registered",
    "projects": "public",
    "hours": "public",
    "photos": "public",
}
TEXTS = ("tagline_zh", "tagline_en", "story_zh", "story_en")
PHOTO_TYPES = ("image/jpeg", "image/png", "image/webp")
_PERSONAL: dict[str, re.Pattern[str]] = {
    "phone": re.compile(
        r"(?<![0-9])(?:(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]){8}|0[0-9]{2,3}[ -]?[0-9]{7,8})(?![0-9])"
    ),
    "email": re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    "identity_number": re.compile(r"(?<![0-9])[1-9][0-9]{5}(?:19|20)[0-9]{9}[0-9Xx](?![0-9A-Za-z])"),
}


def next_status(status: str, action: str) -> str:
    """The page's status after ``action``."""
    return step(TRANSITIONS, status, action, BrandCode.BRAND_STATE)


def check_public(texts: Mapping[str, str]) -> None:
    """No phone, e-mail or identity number; the refusal names the field and what it is, never the text."""
    for name, text in texts.items():
        for kind, pattern in _PERSONAL.items():
            if pattern.search(text):
                raise InvalidError(BrandCode.BRAND_TEXT_PERSONAL, field=name, found=kind)


def check_story(story_zh: str) -> None:
    """A page is published with something to say."""
    if not story_zh:
        raise ConflictError(BrandCode.BRAND_STORY_MISSING)


def check_honour(awarded_on: date, today: date) -> None:
    """Honours are given before they are shown."""
    if awarded_on > today:
        raise InvalidError(BrandCode.BRAND_DATE_INVALID, awarded_on=awarded_on.isoformat())


def check_photo(media_type: str, *, people: int, minors: bool, consent: Mapping[str, Any] | None, today: date) -> None:
    """An image; with people in it, consent given by today and not over; with minors, a guardian's."""
    if media_type not in PHOTO_TYPES:
        raise InvalidError(BrandCode.BRAND_PHOTO_TYPE, media_type=media_type)
    if people == 0 and not minors:
        return
    given = consent is not None and consent["given_on"] <= today and (consent.get("until") or today) >= today
    if not given or (minors and not (consent or {}).get("guardian")):
        raise InvalidError(BrandCode.BRAND_CONSENT_MISSING)


def may_be_shown(*, people: int, consent_on: date | None, consent_until: date | None, today: date) -> bool:
    """Consent that ended ends the showing on the same day."""
    if people == 0:
        return True
    return consent_on is not None and consent_on <= today and (consent_until is None or consent_until >= today)


def shows(visibility: Mapping[str, str], section: str, *, signed_in: bool) -> bool:
    """Whether the caller sees the section of a public page."""
    level = visibility.get(section, VISIBILITY[section])
    return level == "public" or (level == "registered" and signed_in)
