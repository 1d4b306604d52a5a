"""RPCs and commands of proposals."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.proposals import actions, commenting, queries, screening


class Proposals:
    """Proposals until they are judged."""

    @rpc
    def get_proposal(self, session: Session, *, actor: Actor, proposal_id: str) -> dict[str, Any]:
        return queries.get_proposal(session, actor=actor, proposal_id=proposal_id)

    @rpc
    def list_proposals(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_proposals(session, actor=actor, **filters)

    @rpc
    def check_proposal(self, session: Session, *, actor: Actor, proposal_id: str) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return queries.check_proposal(session, actor=actor, now=now, proposal_id=proposal_id)

    @rpc
    def list_proposal_versions(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_proposal_versions(session, actor=actor, **given)

    @rpc
    def list_proposal_comments(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return queries.list_proposal_comments(session, actor=actor, **given)

    @command
    def draft_proposal(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.draft_proposal(session, actor=actor, now=now, **given)

    @command
    def change_proposal(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.change_proposal(session, actor=actor, now=now, **given)

    @command
    def submit_proposal(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.submit_proposal(session, actor=actor, now=now, **given)

    @command
    def withdraw_proposal(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.withdraw_proposal(session, actor=actor, **given)

    @command
    def comment_proposal(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return commenting.comment_proposal(session, actor=actor, now=now, **given)

    @command
    def return_proposal(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return screening.return_proposal(session, actor=actor, **given)

    @command
    def screen_in_proposal(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return screening.screen_in_proposal(session, actor=actor, now=now, **given)

    @command
    def screen_out_proposal(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return screening.screen_out_proposal(session, actor=actor, **given)
