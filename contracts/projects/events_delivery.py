"""Events of delivery and service orders: ids and facts only. The trail hears every one of them."""

from __future__ import annotations

from typing import Any

from chassis.events import Event, event


@event(owner="projects", subject="project_id", handled_by=("projects",))
class MilestoneSubmitted(Event, frozen=True):
    """An organisation reported a milestone with evidence (``[{sha256, size, media_type}]``)."""

    project_id: str
    milestone_id: str
    number: int
    organisation_id: str
    evidence: list[dict[str, Any]]


@event(owner="projects", subject="project_id", handled_by=("projects",))
class MilestoneAccepted(Event, frozen=True):
    """Staff accepted a milestone; the tranche bound to it may be released."""

    project_id: str
    milestone_id: str
    number: int
    organisation_id: str


@event(owner="projects", subject="project_id", handled_by=("projects",))
class MilestoneReturned(Event, frozen=True):
    """Staff sent a milestone back."""

    project_id: str
    milestone_id: str
    number: int
    organisation_id: str


@event(owner="projects", subject="project_id", handled_by=("projects",))
class SpendingRecorded(Event, frozen=True):
    """Money of the award was spent, with its receipt."""

    project_id: str
    spending_id: str
    line: str
    amount_fen: int
    spent_on: str
    receipts: list[dict[str, Any]]


@event(owner="projects", subject="project_id", handled_by=("registry", "projects"))
class ReportSubmitted(Event, frozen=True):
    """A periodic, tranche or final report."""

    project_id: str
    report_id: str
    kind: str
    tranche_number: int | None
    beneficiary_count: int
    evidence: list[dict[str, Any]]


@event(owner="projects", subject="project_id")
class MidReviewOpened(Event, frozen=True):
    """The mid-term review began."""

    project_id: str
    organisation_id: str


@event(owner="projects", subject="project_id")
class EvaluationRecorded(Event, frozen=True):
    """A mid-term or final evaluation with its score (0–100) and grade (A, B, C)."""

    project_id: str
    evaluation_id: str
    kind: str
    score: int
    grade: str


@event(owner="projects", subject="project_id")
class BudgetChangeRequested(Event, frozen=True):
    """An organisation asks to move money between lines; ``lines``: ``[{line, amount_fen}]``."""

    project_id: str
    budget_change_id: str
    lines: list[dict[str, Any]]


@event(owner="projects", subject="project_id")
class BudgetChangeDecided(Event, frozen=True):
    """The change was approved or refused."""

    project_id: str
    budget_change_id: str
    approved: bool


@event(owner="projects", subject="project_id", handled_by=("registry",))
class ProjectAccepted(Event, frozen=True):
    """Milestones accepted, unspent money returned, trail verified."""

    project_id: str
    organisation_id: str
    grade: str


@event(owner="projects", subject="project_id", handled_by=("registry",))
class ProjectTerminated(Event, frozen=True):
    """Ended early, with a plan to recover the money."""

    project_id: str
    organisation_id: str
    recover_fen: int


@event(owner="projects", subject="order_id")
class OrderRequested(Event, frozen=True):
    """点单: a resident asked, or somebody on a resident's behalf."""

    order_id: str
    kind: str
    requester_account_id: str
    on_behalf: bool


@event(owner="projects", subject="order_id")
class OrderVerified(Event, frozen=True):
    """制单: the street checked and shaped the order."""

    order_id: str
    kind: str
    risky: bool


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderOffered(Event, frozen=True):
    """派单: offered to one organisation, or to one talent; ``rank`` counts the offers of the order from 1."""

    order_id: str
    rank: int
    organisation_id: str | None
    account_id: str | None
    expires_at: str


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderOpened(Event, frozen=True):
    """Open for any organisation of the street to claim (抢单)."""

    order_id: str
    rank: int
    expires_at: str


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderAccepted(Event, frozen=True):
    """接单: freely accepted or claimed. ``asker_account_ids``: who asked, and a caller's linked account."""

    order_id: str
    organisation_id: str | None
    account_id: str | None
    claimed: bool
    asker_account_ids: list[str] = []


@event(owner="projects", subject="order_id")
class OrderDeclined(Event, frozen=True):
    """Declined; the next on the list is asked, or staff."""

    order_id: str
    rank: int
    organisation_id: str | None
    account_id: str | None


@event(owner="projects", subject="order_id")
class OrderExpired(Event, frozen=True):
    """Nobody answered in time."""

    order_id: str
    rank: int
    organisation_id: str | None
    account_id: str | None


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderEscalated(Event, frozen=True):
    """The ranked list is exhausted: staff must decide."""

    order_id: str


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderScheduled(Event, frozen=True):
    """An appointment was made, or another one (``moved``); ``…_id``: who does it, where staff made it."""

    order_id: str
    starts_at: str
    ends_at: str
    moved: bool = False
    asker_account_ids: list[str] = []
    organisation_id: str | None = None
    account_id: str | None = None


@event(owner="projects", subject="order_id")
class OrderCheckedIn(Event, frozen=True):
    """The helper is there: inside the radius, or with a reason."""

    order_id: str
    within_radius: bool | None
    has_reason: bool


@event(owner="projects", subject="order_id", handled_by=("registry", "projects"))
class OrderDelivered(Event, frozen=True):
    """Done, with evidence."""

    order_id: str
    minutes: int
    evidence: list[dict[str, Any]]


@event(owner="projects", subject="order_id", handled_by=("registry", "notify"))
class OrderConfirmed(Event, frozen=True):
    """Confirmed by the resident, a proxy, or by itself; recipients: the doer and the requester."""

    order_id: str
    confirmed_by: str
    organisation_id: str | None
    account_id: str | None
    requester_account_id: str


@event(owner="projects", subject="order_id", handled_by=("registry",))
class OrderRated(Event, frozen=True):
    """评单: one to five stars."""

    order_id: str
    stars: int
    organisation_id: str | None


@event(owner="projects", subject="order_id")
class OrderSealed(Event, frozen=True):
    """Nothing may change any more."""

    order_id: str


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderNoShowReported(Event, frozen=True):
    """Somebody did not come: ``by`` is ``provider``, ``resident`` or ``unknown``; ``…_id``: who had accepted."""

    order_id: str
    by: str
    asker_account_ids: list[str] = []
    organisation_id: str | None = None
    account_id: str | None = None


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderDisputed(Event, frozen=True):
    """The requester, the doer or staff disputes; ``…_id``: who did it."""

    order_id: str
    asker_account_ids: list[str] = []
    organisation_id: str | None = None
    account_id: str | None = None


@event(owner="projects", subject="order_id", handled_by=("registry", "notify"))
class OrderResolved(Event, frozen=True):
    """Staff settled the dispute: ``upheld``, ``rejected`` or ``settled``; how many minutes count, and whose."""

    order_id: str
    outcome: str
    redo: bool = False
    hours_void: bool = False
    asker_account_ids: list[str] = []
    organisation_id: str | None = None
    account_id: str | None = None
    minutes: int = 0


@event(owner="projects", subject="order_id", handled_by=("notify",))
class OrderCancelled(Event, frozen=True):
    """Called off before it was done; ``…_id``: who had accepted."""

    order_id: str
    asker_account_ids: list[str] = []
    organisation_id: str | None = None
    account_id: str | None = None
