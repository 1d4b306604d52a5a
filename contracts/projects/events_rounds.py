"""Events of rounds and their pools."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="round_id")
class RoundDrafted(Event, frozen=True):
    """A round was drafted."""

    round_id: str
    name: str
    scale: str
    budget_fen: int


@event(owner="projects", subject="round_id")
class RoundChanged(Event, frozen=True):
    """A draft round was changed, or who a pool line is from, by a merge of organisations."""

    round_id: str
    changed: list[str]


@event(owner="projects", subject="round_id")
class RoundAdvanced(Event, frozen=True):
    """A round took a step that has no event of its own: ``action`` led to ``status``."""

    round_id: str
    action: str
    status: str


@event(owner="projects", subject="round_id", handled_by=("resources",))
class PoolLineNamed(Event, frozen=True):
    """A funder's offer was named as a line of the pool: resources answers FundsReserved or FundsRefused.

    ``fields`` and ``earmark_streets`` are what the line's money is for; no streets: all of the round's.
    """

    round_id: str
    line_id: str
    offer_id: str
    funder_organisation_id: str
    amount_fen: int
    fields: list[str] = []
    earmark_streets: list[str] = []


@event(owner="projects", subject="round_id")
class PoolLineSettled(Event, frozen=True):
    """The line is ``reserved`` (pledged in the ledger) or ``refused``."""

    round_id: str
    line_id: str
    status: str
    amount_fen: int


@event(owner="projects", subject="round_id", handled_by=("resources",))
class PoolLineReleased(Event, frozen=True):
    """A reserved line is given back to its offer."""

    round_id: str
    line_id: str
    offer_id: str
    amount_fen: int


@event(owner="projects", subject="round_id", handled_by=("notify",))
class RoundPublished(Event, frozen=True):
    """The call is public; its rules are frozen by ``rules_hash``."""

    round_id: str
    name: str
    scale: str
    fields: list[str]
    budget_fen: int
    opens_at: str
    closes_at: str
    rules_hash: str


@event(owner="projects", subject="round_id", handled_by=("notify",))
class RoundAmended(Event, frozen=True):
    """Frozen rules were amended before closing: notice to all, with what changed in words and why."""

    round_id: str
    name: str
    changed: list[str]
    rules_hash: str
    reason: str = ""
    changed_zh: list[str] = []
    changed_en: list[str] = []


@event(owner="projects", subject="round_id", handled_by=("notify",))
class RoundCancelled(Event, frozen=True):
    """The round was cancelled: notice to all."""

    round_id: str
    name: str
    reason: str


# Every event that tells of a change to a round or its pool: what a list of rounds shows is old after each.
CHANGES = (
    RoundDrafted,
    RoundChanged,
    RoundAdvanced,
    PoolLineNamed,
    PoolLineSettled,
    PoolLineReleased,
    RoundPublished,
    RoundAmended,
    RoundCancelled,
)
