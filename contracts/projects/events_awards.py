"""Events of decisions, notices, awards, money, and projects starting and closing."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="round_id")
class RoundDetermined(Event, frozen=True):
    """The frozen rule was applied; the result is known by its hash only until the notice."""

    round_id: str
    rule: str
    rules_hash: str
    input_hash: str
    result_hash: str


@event(owner="projects", subject="round_id", handled_by=("notify",))
class NoticePublished(Event, frozen=True):
    """The result is on public notice; published again when an objection changed it."""

    round_id: str
    name: str
    result_hash: str
    ends_at: str
    recommended: list[str]
    reserve: list[str]
    organisation_ids: list[str]


@event(owner="projects", subject="proposal_id")
class ObjectionRaised(Event, frozen=True):
    """Somebody objected to a proposal on notice."""

    proposal_id: str
    round_id: str
    objection_id: str


@event(owner="projects", subject="proposal_id")
class ObjectionRejected(Event, frozen=True):
    """The objection was found without ground."""

    proposal_id: str
    round_id: str
    objection_id: str


@event(owner="projects", subject="proposal_id", handled_by=("notify",))
class ObjectionUpheld(Event, frozen=True):
    """The proposal is declined."""

    proposal_id: str
    round_id: str
    objection_id: str
    organisation_id: str
    title: str


@event(owner="projects", subject="proposal_id", handled_by=("notify",))
class ReservePromoted(Event, frozen=True):
    """A reserve moved up to where another was declined."""

    proposal_id: str
    round_id: str
    organisation_id: str
    title: str


@event(owner="projects", subject="round_id", handled_by=("notify",))
class RoundAwarded(Event, frozen=True):
    """The notice is over; awards are made."""

    round_id: str
    name: str
    awarded: list[str]
    total_fen: int


@event(owner="projects", subject="proposal_id", handled_by=("registry", "notify"))
class ProposalAwarded(Event, frozen=True):
    """An award was made and committed in the ledger."""

    proposal_id: str
    round_id: str
    award_id: str
    organisation_id: str
    title: str
    amount_fen: int


@event(owner="projects", subject="proposal_id", handled_by=("notify",))
class ProposalDeclined(Event, frozen=True):
    """Not awarded."""

    proposal_id: str
    round_id: str
    organisation_id: str
    title: str


@event(owner="projects", subject="award_id")
class AgreementSigned(Event, frozen=True):
    """The organisation signed the agreement with this hash."""

    award_id: str
    proposal_id: str
    organisation_id: str
    agreement_hash: str


@event(owner="projects", subject="award_id")
class TrancheReleased(Event, frozen=True):
    """A tranche may be paid."""

    award_id: str
    tranche_id: str
    number: int
    amount_fen: int


@event(owner="projects", subject="award_id", handled_by=("notify",))
class TranchePaid(Event, frozen=True):
    """A tranche was paid."""

    award_id: str
    tranche_id: str
    proposal_id: str
    project_id: str | None
    organisation_id: str
    number: int
    amount_fen: int


@event(owner="projects", subject="award_id")
class FundsReturned(Event, frozen=True):
    """Unspent money came back to the pool."""

    award_id: str
    organisation_id: str
    amount_fen: int


@event(owner="projects", subject="award_id", handled_by=("registry",))
class AwardClosed(Event, frozen=True):
    """Nothing more is paid; what was committed and not paid is free again."""

    award_id: str
    status: str
    released_fen: int


@event(owner="projects", subject="project_id", handled_by=("registry", "resources", "notify"))
class ProjectStarted(Event, frozen=True):
    """An agreement was signed: the proposal is a project."""

    project_id: str
    proposal_id: str
    round_id: str
    organisation_id: str
    title: str
    street_code: str | None
    fields: list[str]


@event(owner="projects", subject="project_id", handled_by=("registry", "resources", "notify"))
class ProjectClosed(Event, frozen=True):
    """The project is closed."""

    project_id: str
    proposal_id: str
    round_id: str
    organisation_id: str
    title: str
    street_code: str | None
