"""Operations on single sign-on."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.providers import known
from chassis.runtime.entrypoints import command, every, rpc
from services.registry.oidc import actions, fetching
from services.registry.sessions.actions import Seen


class Oidc:
    """begin, claim and finish a sign-in with a provider: on the system clock."""

    @rpc
    def list_oidc_providers(self, session: Session, *, actor: Actor) -> dict[str, Any]:
        return {"items": [{"name": one.name, "zh": one.zh, "en": one.en} for one in known().values()]}

    @command
    def begin_oidc_sign_in(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.begin_oidc_sign_in(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def claim_oidc_request(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return actions.claim_oidc_request(session, actor=actor, now=clock.system_now(), **asked)

    @command
    def finish_oidc_sign_in(
        self,
        session: Session,
        *,
        actor: Actor,
        device: str | None = None,
        address_prefix: str | None = None,
        **asked: Any,
    ) -> dict[str, Any]:
        seen = Seen(device, address_prefix, method="oidc")
        return actions.finish_oidc_sign_in(session, actor=actor, now=clock.system_now(), seen=seen, **asked)

    @every(seconds=3600)
    def prune_oidc_requests(self, session: Session) -> None:
        fetching.prune(session, now=clock.system_now())
