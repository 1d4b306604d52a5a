"""RPCs, commands and clocks of votes."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.votes import actions, casting, closing, paper, queries, queries_paper, register, turnout


class Votes:
    """Residents' votes, online and on paper."""

    @rpc
    def get_vote(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_vote(session, actor=actor, round_id=round_id)

    @rpc
    def get_turnout(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return turnout.get_turnout(session, actor=actor, round_id=round_id)

    @rpc
    def get_vote_eligibility(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_vote_eligibility(session, actor=actor, round_id=round_id)

    @rpc
    def get_ballot_inclusion(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.get_ballot_inclusion(session, actor=actor, **given)

    @rpc
    def list_ballot_commitments(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_ballot_commitments(session, actor=actor, **given)

    @command
    def open_vote(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.open_vote(session, actor=actor, now=now, **given)

    @command
    def close_vote(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return closing.close_vote(session, actor=actor, now=now, round_id=round_id)

    @command
    def cancel_vote(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return closing.cancel_vote(session, actor=actor, now=now, **given)

    @command
    def cast_ballot(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now, salt = clock.now(session, actor.district_code), secrets.token_hex(32)
        return casting.cast_ballot(session, actor=actor, now=now, salt=salt, **given)

    @timer
    def open_vote_on_time(self, session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
        actions.open_on_time(session, actor=actor, now=now, round_id=round_id)

    @timer
    def close_vote_on_time(self, session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
        closing.close_on_time(session, actor=actor, now=now, round_id=round_id)

    @timer
    def forget_order_of_voting(self, session: Session, *, actor: Actor, now: datetime, round_id: str) -> None:
        closing.forget_order(session, actor=actor, round_id=round_id)


class PaperVotes:
    """The paper register and batches of paper ballots."""

    @rpc
    def list_paper_voters(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries_paper.list_paper_voters(session, actor=actor, **given)

    @rpc
    def list_paper_batches(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries_paper.list_paper_batches(session, actor=actor, **given)

    @rpc
    def get_paper_batch(self, session: Session, *, actor: Actor, batch_id: str) -> dict[str, Any]:
        return queries_paper.get_paper_batch(session, actor=actor, batch_id=batch_id)

    @rpc
    def get_paper_form(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries_paper.get_paper_form(session, actor=actor, **given)

    @command
    def mark_paper_voter(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return register.mark_paper_voter(session, actor=actor, **given)

    @command
    def strike_paper_voter(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return register.strike_paper_voter(session, actor=actor, **given)

    @command
    def open_paper_batch(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return paper.open_paper_batch(session, actor=actor, now=now, **given)

    @command
    def key_paper_batch(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return paper.key_paper_batch(session, actor=actor, **given)

    @command
    def settle_paper_batch(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return paper.settle_paper_batch(session, actor=actor, now=now, **given)

    @command
    def void_paper_batch(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return paper.void_paper_batch(session, actor=actor, **given)
