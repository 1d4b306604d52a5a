"""RPCs and commands of writing a plan together."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.proposals import attachments, coauthors, commenting, documents, queries_work, rivalry


class ProposalWork:
    """Co-authors, attachments, resolved comments, differences, documents, eligibility."""

    @rpc
    def diff_proposal_versions(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries_work.diff_proposal_versions(session, actor=actor, **asked)

    @rpc
    def get_proposal_document(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return documents.get_proposal_document(session, actor=actor, **asked)

    @rpc
    def list_applicants(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries_work.list_applicants(session, actor=actor, **asked)

    @rpc
    def list_eligibility_checks(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries_work.list_eligibility_checks(session, actor=actor, **filters)

    @rpc
    def get_coauthor(self, session: Session, *, actor: Actor, coauthor_id: str) -> dict[str, Any]:
        return queries_work.get_coauthor(session, actor=actor, coauthor_id=coauthor_id)

    @rpc
    def list_coauthors(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries_work.list_coauthors(session, actor=actor, **filters)

    @rpc
    def get_attachment(self, session: Session, *, actor: Actor, attachment_id: str) -> dict[str, Any]:
        return queries_work.get_attachment(session, actor=actor, attachment_id=attachment_id)

    @rpc
    def list_attachments(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries_work.list_attachments(session, actor=actor, **filters)

    @rpc
    def get_comment(self, session: Session, *, actor: Actor, comment_id: str) -> dict[str, Any]:
        return queries_work.get_comment(session, actor=actor, comment_id=comment_id)

    @command
    def invite_coauthor(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return coauthors.invite_coauthor(session, actor=actor, now=_now(session, actor), **given)

    @command
    def accept_coauthorship(self, session: Session, *, actor: Actor, coauthor_id: str) -> dict[str, Any]:
        return coauthors.accept_coauthorship(session, actor=actor, coauthor_id=coauthor_id)

    @command
    def decline_coauthorship(self, session: Session, *, actor: Actor, coauthor_id: str) -> dict[str, Any]:
        return coauthors.decline_coauthorship(session, actor=actor, coauthor_id=coauthor_id)

    @command
    def remove_coauthor(self, session: Session, *, actor: Actor, coauthor_id: str) -> dict[str, Any]:
        return coauthors.remove_coauthor(session, actor=actor, coauthor_id=coauthor_id)

    @command
    def attach_file(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return attachments.attach_file(session, actor=actor, now=_now(session, actor), **given)

    @command
    def remove_attachment(self, session: Session, *, actor: Actor, attachment_id: str) -> dict[str, Any]:
        now = _now(session, actor)
        return attachments.remove_attachment(session, actor=actor, now=now, attachment_id=attachment_id)

    @command
    def resolve_comment(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return commenting.resolve_comment(session, actor=actor, now=_now(session, actor), **given)

    @command
    def reopen_comment(self, session: Session, *, actor: Actor, comment_id: str) -> dict[str, Any]:
        return commenting.reopen_comment(session, actor=actor, comment_id=comment_id)

    @command
    def judge_double_funding(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return rivalry.judge_double_funding(session, actor=actor, now=_now(session, actor), **given)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
