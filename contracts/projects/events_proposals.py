"""Events of proposals until they are judged."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="proposal_id")
class ProposalDrafted(Event, frozen=True):
    """An organisation began a proposal."""

    proposal_id: str
    round_id: str
    organisation_id: str


@event(owner="projects", subject="proposal_id")
class ProposalChanged(Event, frozen=True):
    """A new version; ``text_hash`` commits to the plan and budget."""

    proposal_id: str
    round_id: str
    organisation_id: str
    plan_number: int
    text_hash: str


@event(owner="projects", subject="proposal_id", handled_by=("notify",))
class ProposalSubmitted(Event, frozen=True):
    """Submitted, or resubmitted after a return."""

    proposal_id: str
    round_id: str
    organisation_id: str
    title: str
    field: str
    amount_fen: int
    text_hash: str
    resubmitted: bool


@event(owner="projects", subject="proposal_id", handled_by=("notify",))
class ProposalReturned(Event, frozen=True):
    """Sent back for change."""

    proposal_id: str
    round_id: str
    organisation_id: str
    title: str


@event(owner="projects", subject="proposal_id")
class ProposalWithdrawn(Event, frozen=True):
    """The organisation withdrew."""

    proposal_id: str
    round_id: str
    organisation_id: str


@event(owner="projects", subject="proposal_id")
class ProposalCommented(Event, frozen=True):
    """Somebody commented on a section."""

    proposal_id: str
    comment_id: str
    section: str


@event(owner="projects", subject="proposal_id", handled_by=("notify",))
class ProposalScreenedIn(Event, frozen=True):
    """Eligible."""

    proposal_id: str
    round_id: str
    organisation_id: str
    title: str


@event(owner="projects", subject="proposal_id", handled_by=("notify",))
class ProposalScreenedOut(Event, frozen=True):
    """Not eligible, with the reason."""

    proposal_id: str
    round_id: str
    organisation_id: str
    title: str
    reason: str


@event(owner="projects", subject="proposal_id")
class ProposalAdvanced(Event, frozen=True):
    """A step without an event of its own; before the result is public ``status`` is ``determined`` for all alike."""

    proposal_id: str
    round_id: str
    action: str
    status: str
