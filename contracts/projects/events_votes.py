"""Events of residents' votes besides opening and closing: counts and states, never who or what."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="round_id")
class VotePlanned(Event, frozen=True):
    """A vote opens by itself at ``opens_at``."""

    round_id: str
    opens_at: str
    closes_at: str


@event(owner="projects", subject="round_id")
class VoteCounting(Event, frozen=True):
    """Voting is over; paper ballots are still being keyed."""

    round_id: str
    participation: int


@event(owner="projects", subject="round_id", handled_by=("notify",))
class VoteCancelled(Event, frozen=True):
    """The vote is void and its ballots are destroyed; it may be held again."""

    round_id: str
    name: str
    attempt: int
    reason: str


@event(owner="projects", subject="batch_id")
class PaperBatchAdvanced(Event, frozen=True):
    """A batch of paper ballots took a step: how many sheets agree and how many differ, not what is on them."""

    batch_id: str
    round_id: str
    action: str
    status: str
    agreed: int
    differing: int
