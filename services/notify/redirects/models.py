"""Tables of redirects, and what follows them."""

from __future__ import annotations

from chassis import redirects, repointing
from services.notify.models import Base


class Redirect(Base, redirects.Redirect):
    """A merged organisation or a street with a successor."""

    __tablename__ = "redirect"


class RedirectMove(Base, repointing.Move):
    """A reference that a merge moved."""

    __tablename__ = "redirect_move"


# Facts that their owner tells anew, and messages: they say what was so when they were written.
STAYING = frozenset({"known_organisation", "known_account", "redirect", "redirect_move", "message"})
PLAN = repointing.Plan(Base.metadata, "org", RedirectMove, STAYING)
