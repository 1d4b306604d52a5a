"""Tables of redirects, and what follows them."""

from __future__ import annotations

from chassis import redirects, repointing
from services.projects.models import Base


class Redirect(Base, redirects.Redirect):
    """A merged organisation or a street with a successor."""

    __tablename__ = "redirect"


class RedirectMove(Base, repointing.Move):
    """A reference that a merge moved."""

    __tablename__ = "redirect_move"


# Facts that their owner tells anew, and what is hashed for ever.
STAYING = frozenset({"known_organisation", "known_account", "redirect", "redirect_move", "trail_entry"})
LISTS = frozenset(
    {
        ("judge", "mentored_organisation_ids"),
        ("service_order", "candidates"),
        ("evaluation_sheet", "mentored_organisation_ids"),
    }
)
PLAN = repointing.Plan(Base.metadata, "org", RedirectMove, STAYING, LISTS)
