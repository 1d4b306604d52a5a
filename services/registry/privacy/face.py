"""Operations on privacy, and on the end of accounts."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, every, rpc
from services.registry.accounts import closing
from services.registry.privacy import actions, free_text, queries


class Privacy:
    """Unmasked access and its log, consent, copies, erasure, key rotation: on the system clock, as the law counts."""

    @command
    def disclose_personal(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.disclose_personal(session, actor=actor, now=clock.system_now(), **asked)

    @rpc
    def list_disclosures(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_disclosures(session, actor=actor, **asked)

    @rpc
    def list_consent_texts(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return queries.list_consent_texts()

    @command
    def give_consent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.give_consent(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def withdraw_consent(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.withdraw_consent(session, actor=actor, now=clock.system_now(), **asked)

    @rpc
    def get_consent(self, session: Session, *, actor: Actor, consent_id: str) -> dict[str, Any]:
        return queries.render_consent(queries.find_consent(session, actor, consent_id))

    @rpc
    def list_consents(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_consents(session, actor=actor, **asked)

    @command
    def request_data_export(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return actions.request_data_export(session, actor=actor, now=clock.system_now())

    @rpc
    def get_data_export(self, session: Session, *, actor: Actor, export_id: str) -> dict[str, Any]:
        return queries.get_data_export(session, actor=actor, export_id=export_id, now=clock.system_now())

    @command
    def request_erasure(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return closing.request_erasure(session, actor=actor, now=clock.system_now())

    @command
    def erase_account(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return closing.erase_account(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def redact_text(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return free_text.redact_text(session, actor=actor, **asked)

    @command
    def close_account(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return closing.close_account(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def reopen_account(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return closing.reopen_account(session, actor=actor, **asked)

    @command
    def reseal_personal_data(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return actions.reseal_personal_data(session, actor=actor)

    @every(seconds=3600)
    def prune_exports(self, session: Session) -> None:
        actions.prune_exports(session, now=clock.system_now())
