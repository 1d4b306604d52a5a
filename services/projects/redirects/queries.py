"""What became of a key."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.orm import Session

from chassis import chains, redirects
from chassis.actor import Actor
from services.projects.redirects.models import Redirect


def widen(session: Session, actor: Actor) -> Actor:
    """The actor of a call, for what his streets and his organisation are today."""
    return redirects.widen(session, actor, Redirect)


def survivors(session: Session, district_code: str, organisation_ids: Iterable[str]) -> set[str]:
    """What these organisations are today."""
    merged = redirects.active(session, Redirect, district_code, redirects.ORGANISATION)
    return {chains.last(one, merged) for one in organisation_ids}


def with_absorbed(session: Session, district_code: str, organisation_ids: Iterable[str]) -> list[str]:
    """These organisations and those that were merged into them: whose frozen history is theirs today."""
    merged = redirects.active(session, Redirect, district_code, redirects.ORGANISATION)
    return list(dict.fromkeys([*(own := list(organisation_ids)), *chains.behind(own, merged)]))
