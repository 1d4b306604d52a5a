"""Events of decisions that people changed: ids and facts only; what was changed is public with the notice."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="override_id")
class DecisionOverrideProposed(Event, frozen=True):
    """Somebody asks to depart from what the rule said; nothing changes without a second signature."""

    override_id: str
    round_id: str
    first_signer: str | None


@event(owner="projects", subject="override_id")
class DecisionOverrideSettled(Event, frozen=True):
    """The override was signed by a second person, rejected or withdrawn; the result by its hash only."""

    override_id: str
    round_id: str
    status: str
    second_signer: str | None
    result_hash: str


@event(owner="projects", subject="award_id", handled_by=("notify",))
class AwardDeclined(Event, frozen=True):
    """Before its agreement was signed an award was given up (``side`` b) or called back (a); and who moves up."""

    award_id: str
    proposal_id: str
    round_id: str
    organisation_id: str
    title: str
    side: str
    promoted_proposal_id: str | None
    result_hash: str
