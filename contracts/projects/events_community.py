"""Events of community projects: ids, counts and amounts; residents who signed up are never named."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="projects", subject="community_project_id")
class CommunityProjectDrafted(Event, frozen=True):
    """A community project was drafted, or its draft changed."""

    community_project_id: str
    host_organisation_id: str | None
    budget_fen: int


@event(owner="projects", subject="community_project_id", handled_by=("notify",))
class CommunityProjectPublished(Event, frozen=True):
    """A community project is online: residents may sign up their interest."""

    community_project_id: str
    title: str
    host_organisation_id: str | None
    starts_on: str
    ends_on: str


@event(owner="projects", subject="community_project_id")
class CommunityProjectStarted(Event, frozen=True):
    """A community project runs."""

    community_project_id: str


@event(owner="projects", subject="community_project_id")
class CommunityProjectCompleted(Event, frozen=True):
    """Every session was held or cancelled, and no order is under way."""

    community_project_id: str
    sessions: int
    orders: int


@event(owner="projects", subject="community_project_id")
class CommunityProjectClosed(Event, frozen=True):
    """A community project is closed with what it spent."""

    community_project_id: str
    spent_fen: int


@event(owner="projects", subject="community_project_id", handled_by=("notify",))
class CommunityProjectCancelled(Event, frozen=True):
    """A community project was called off; its orders were cancelled, or go on by themselves."""

    community_project_id: str
    title: str
    host_organisation_id: str | None
    orders_cancelled: int
    orders_released: int


@event(owner="projects", subject="community_project_id")
class CommunitySessionPlanned(Event, frozen=True):
    """A session was planned or changed."""

    community_project_id: str
    community_session_id: str
    number: int
    starts_at: str
    budget_fen: int


@event(owner="projects", subject="community_project_id")
class CommunitySessionHeld(Event, frozen=True):
    """A session took place."""

    community_project_id: str
    community_session_id: str
    number: int
    attended: int


@event(owner="projects", subject="community_project_id")
class CommunitySessionCancelled(Event, frozen=True):
    """A session was called off; its orders were cancelled, or go on by themselves."""

    community_project_id: str
    community_session_id: str
    number: int
    orders_cancelled: int
    orders_released: int


@event(owner="projects", subject="community_project_id")
class SessionOrderAttached(Event, frozen=True):
    """A service order belongs to a session."""

    community_project_id: str
    community_session_id: str
    order_id: str


@event(owner="projects", subject="community_project_id")
class SessionOrderReleased(Event, frozen=True):
    """A service order belongs to no session any more and goes on by itself."""

    community_project_id: str
    community_session_id: str
    order_id: str


@event(owner="projects", subject="community_project_id")
class CommunitySpendingRecorded(Event, frozen=True):
    """Money of a session was spent, with its receipts."""

    community_project_id: str
    community_session_id: str
    community_spending_id: str
    line: str
    amount_fen: int
    receipts: list[dict[str, Any]]
