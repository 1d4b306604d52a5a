"""Events of judging, roadshows and votes: no score and no choice before publication."""

from __future__ import annotations

from chassis.events import Event, event


@event(owner="projects", subject="round_id")
class JudgeAdded(Event, frozen=True):
    """A judge joined the panel."""

    round_id: str
    judge_id: str
    account_id: str


@event(owner="projects", subject="round_id")
class JudgesAssigned(Event, frozen=True):
    """Judges were assigned; ``recused``: ``[proposal id, account id, conflict]`` computed."""

    round_id: str
    assigned: int
    recused: list[list[str]]


@event(owner="projects", subject="proposal_id")
class ConflictDeclared(Event, frozen=True):
    """A judge stepped back from a proposal."""

    proposal_id: str
    account_id: str


@event(owner="projects", subject="proposal_id")
class ScoreSheetLocked(Event, frozen=True):
    """A sheet was locked; ``sheet_hash`` commits to its salted points without telling them."""

    proposal_id: str
    sheet_id: str
    sheet_hash: str


@event(owner="projects", subject="proposal_id")
class ScoreCorrectionAsked(Event, frozen=True):
    """A first person signed a correction of a locked sheet."""

    proposal_id: str
    sheet_id: str
    correction_id: str
    first_signer: str


@event(owner="projects", subject="proposal_id")
class ScoreCorrected(Event, frozen=True):
    """A second person signed: the locked sheet changed, visibly."""

    proposal_id: str
    sheet_id: str
    correction_id: str
    first_signer: str
    second_signer: str
    sheet_hash: str


@event(owner="projects", subject="roadshow_id")
class RoadshowPlanned(Event, frozen=True):
    """A roadshow was planned; ``draw_commitment`` is SHA-256 of the draw's secret, ``draw_source`` names public
    randomness that will enter the draw."""

    roadshow_id: str
    round_id: str
    starts_at: str
    place: str
    draw_commitment: str | None = None
    draw_source: str | None = None


@event(owner="projects", subject="roadshow_id")
class RoadshowSlotsDrawn(Event, frozen=True):
    """The order was drawn by a recorded seed: by SHA-256(seed ‖ proposal id); the seed is SHA-256(secret ‖ "|" ‖
    public value)."""

    roadshow_id: str
    round_id: str
    seed: str
    proposal_ids: list[str]
    secret: str | None = None
    public: str | None = None


@event(owner="projects", subject="roadshow_id")
class RoadshowAdvanced(Event, frozen=True):
    """live, tallied, sealed (with the tally's hash) or published."""

    roadshow_id: str
    round_id: str
    status: str
    tally_hash: str | None


@event(owner="projects", subject="roadshow_id")
class PitchAdvanced(Event, frozen=True):
    """A pitch took a step."""

    roadshow_id: str
    pitch_id: str
    proposal_id: str
    status: str


@event(owner="projects", subject="round_id", handled_by=("notify",))
class VoteOpened(Event, frozen=True):
    """Residents may vote."""

    round_id: str
    name: str
    closes_at: str
    proposal_ids: list[str]


@event(owner="projects", subject="round_id")
class VoteClosed(Event, frozen=True):
    """The vote is over: how many voted, one commitment to the sorted ballots, and a seal of what they say together.

    ``form`` says how the commitment was taken (docs/voting.md); ``attempt``: the vote was held again.
    """

    round_id: str
    participation: int
    commitment: str
    form: str = ""
    ballots: int = 0
    spoilt: int = 0
    seal: str = ""
    attempt: int = 1
