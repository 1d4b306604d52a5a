"""A round that may vote at once, its residents, and what they do: for tests of votes alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from chassis import clock, ids
from chassis.errors import FootprintError
from chassis.events import Envelope
from chassis.runtime.inprocess import InProcessHost
from contracts.registry.events import AccountOpened
from services.projects.proposals.models import Proposal
from services.projects.rounds import policy
from services.projects.rounds.models import Round
from services.projects.votes.models import Vote
from tests import kit

STREET = kit.ZHUHAI
ONE, TWO = f"{STREET}001", f"{STREET}002"


class Hall:
    """A district's projects service with one round in review."""

    def __init__(self, *, candidates: int = 3, street: str | None = STREET, trail: bool = False, **rules: Any) -> None:
        self.host: InProcessHost = kit.make_host("projects", *(["projects-trail"] if trail else []))
        self.sessions = self.host.executors["projects"].sessions
        self.street = street
        streets = [street] if street else []
        self.staff = [kit.Caller(self.host, kit.actor("street_staff", streets=[STREET])) for _ in range(4)]
        self.bureau = kit.Caller(self.host, kit.actor("bureau"))
        self.visitor = kit.Caller(self.host, kit.actor("cso", streets=streets))
        self.round_id, self.proposals = self._round(candidates, rules)

    def _round(self, candidates: int, vote_rules: dict[str, Any]) -> tuple[str, list[str]]:
        now = clock.system_now()
        with self.sessions.begin() as session:
            rules = policy.rules_for(session, district_code=kit.DISTRICT, scale="micro")
            rules["vote_rules"] = {**rules["vote_rules"], **vote_rules}
            row = dict(
                id=ids.new_id("rnd"), district_code=kit.DISTRICT, street_code=self.street, name="某轮次（演示）",
                scale="micro", description="", fields=["elder_care"], status="reviewing", budget_fen=10_000_00,
                pool_fen=10_000_00, amendments=[], opens_at=now, closes_at=now, created_at=now, version=1, **rules,
            )  # fmt: skip
            session.connection().execute(Round.metadata.tables["round"].insert(), [row])
            made = [self._proposal(row["id"], number, now) for number in range(candidates)]
            if made:
                session.connection().execute(Proposal.metadata.tables["proposal"].insert(), made)
            return row["id"], sorted(proposal["id"] for proposal in made)

    def _proposal(self, round_id: str, number: int, now: datetime) -> dict[str, Any]:
        return {
            "id": ids.new_id("prp"),
            "district_code": kit.DISTRICT,
            "street_code": self.street or STREET,
            "round_id": round_id,
            "organisation_id": ids.new_id("org"),
            "title": f"方案{number}（演示）",
            "field": "elder_care",
            "status": "shortlisted",
            "amount_fen": 100_00,
            "plan_number": 1,
            "submitted_at": now,
            "created_at": now,
            "version": 1,
            **{"plan": {}, "budget": [], "flags": []},
        }

    # people ---------------------------------------------------------------------------------------------------------

    def resident(
        self,
        *,
        community: str | None = ONE,
        verified: bool = True,
        opened_at: datetime | None = None,
        role: str = "resident",
    ) -> kit.Caller:
        who = kit.actor(role, streets=[STREET])
        event = AccountOpened(
            account_id=who.account_id or "",
            role=role,
            organisation_id=None,
            account_streets=[],
            community_code=community,
            verified=verified,
        )
        payload = {name: getattr(event, name) for name in event.__struct_fields__}
        envelope = Envelope(
            id=ids.new_id("evt"), name="account_opened", source="registry", subject=event.account_id, subject_version=1,
            district_code=kit.DISTRICT, occurred_at=opened_at or clock.system_now(), payload=payload,
        )  # fmt: skip
        self.host.executors["projects"].handle(envelope)
        return kit.Caller(self.host, who)

    def residents(self, count: int, **kwargs: Any) -> list[kit.Caller]:
        return [self.resident(**kwargs) for _ in range(count)]

    # steps ----------------------------------------------------------------------------------------------------------

    def do(self, operation: str, caller: kit.Caller | None = None, **kwargs: Any) -> Any:
        return (caller or self.staff[0])(f"projects.{operation}", round_id=self.round_id, **kwargs)

    def now(self) -> datetime:
        return datetime.fromisoformat(self.bureau("projects.get_clock")["now"])

    def advance(self, **by: float) -> None:
        """The district clock, and what it sets off."""
        operator = kit.Caller(self.host, kit.actor("operator"))
        operator("projects.advance_clock", seconds=int(timedelta(**by).total_seconds()))
        self.host.settle()

    def open(self, *, days: float = 3, **kwargs: Any) -> dict[str, Any]:
        closes_at = (self.now() + timedelta(days=days)).isoformat()
        view: dict[str, Any] = self.do("open_vote", self.bureau, closes_at=closes_at, **kwargs)
        return view

    def cast(self, caller: kit.Caller, *places: int, **kwargs: Any) -> dict[str, Any]:
        """An approval or ranking of candidates by their place in the list, or ``points``."""
        if places:
            kwargs["proposal_ids"] = [self.proposals[place] for place in places]
        receipt: dict[str, Any] = self.do("cast_ballot", caller, **kwargs)
        return receipt

    def together(self, calls: list[Any], *, threads: int = 24) -> list[Any]:
        """Every call at once; its result, or the error it was answered with."""

        def run(call: Any) -> Any:
            try:
                return call()
            except FootprintError as error:
                return error

        with ThreadPoolExecutor(threads) as pool:
            return list(pool.map(run, calls))

    # looking behind the scenes --------------------------------------------------------------------------------------

    def set_round(self, status: str) -> None:
        self.sql("UPDATE round SET status = :status", status=status)

    def withdraw(self, place: int) -> None:
        gone = str(ids.decode("prp", self.proposals[place]))
        self.sql("UPDATE proposal SET status = 'withdrawn' WHERE id = :gone", gone=gone)

    def sql(self, statement: str, **given: Any) -> list[Any]:
        with self.sessions.begin() as session:
            result = session.execute(text(statement), given)
            return list(result.all()) if result.returns_rows else []  # type: ignore[attr-defined]

    def vote(self) -> Vote:
        with self.sessions() as session:
            return session.scalars(select(Vote).where(Vote.round_id == self.round_id)).one()


def code_of(error: Any) -> str:
    return str(error.code) if isinstance(error, FootprintError) else "done"
