"""Single sign-on: begin, come back with the code. The exchange is the gateway's; what it proves is the registry's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from falcon.asgi import Request, Response
from marshmallow import Schema, fields, validate

from chassis import ids
from chassis.fields import Instant
from chassis.operations import command
from contracts import roles
from contracts.registry.accounts import SessionView
from contracts.registry.oidc import BeginOidc, OidcState
from gateway import arguments, oidc, resource
from gateway.arguments import Inputs
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

KEYS_MISSING = "oidc_keys_missing"


class OidcRedirectView(Schema):
    """Send the browser to ``authorization_url``; it keeps ``binding`` (and ``state``, to compare) until it returns."""

    authorization_url = fields.String()
    state = fields.String()
    binding = fields.String()
    expires_at = Instant()


class OidcCallback(OidcState):
    """What the browser came back with."""

    code = fields.String(required=True, load_only=True, validate=validate.Length(min=1, max=2000))


ROUTES = (
    Route("GET", "/v1/oidc", "registry.list_oidc_providers"),
    Route("POST", "/v1/oidc/{provider}/authorisations", "gateway.begin_oidc", status=201),
    Route("POST", "/v1/oidc/sessions", "gateway.complete_oidc", status=201),
)
BEGIN = command("begin_oidc", BeginOidc, OidcRedirectView, roles=roles.PUBLIC, zh="发起单点登录", en="Begin sign-on")
COMPLETE = command(
    "complete_oidc",
    OidcCallback,
    SessionView,
    roles=roles.PUBLIC,
    secret=True,
    zh="完成单点登录",
    en="Complete sign-on",
)
OPERATIONS = (BEGIN, COMPLETE)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """Attempts are counted per address, like those with a password."""
    providers = oidc.Providers()
    begin, callback = Inputs(BeginOidc), Inputs(OidcCallback)

    async def ask(req: Request, operation: str, values: dict[str, Any]) -> Any:
        headers = {"trace_id": str(req.context["trace_id"]), "command_id": str(ids.new_uuid())}
        return await deps.rpc.call(f"registry.{operation}", values, headers)

    async def begin_oidc(req: Request, resp: Response, provider: str) -> None:
        values = await arguments.collect(req, {"provider": provider}, begin, limit=deps.body_max)
        await deps.limits.check_address(req)
        begun = await ask(req, "begin_oidc_sign_in", values)
        url = await providers.authorization_url(provider, begun, values["redirect_uri"])
        kept = {name: begun[name] for name in ("state", "binding", "expires_at")}
        resource.write(req, resp, {"authorization_url": url, **kept}, status=201)

    async def complete_oidc(req: Request, resp: Response) -> None:
        values = await arguments.collect(req, {}, callback, limit=deps.body_max)
        await deps.limits.check_address(req)
        who = {name: values.get(name) for name in ("state", "binding")}
        claimed = await ask(req, "claim_oidc_request", who)
        token = await providers.exchange(claimed, str(values.get("code") or ""))
        seen = resource.seen_by(deps, req)

        async def finish() -> Any:
            return await ask(req, "finish_oidc_sign_in", {**who, "id_token": token, **seen})

        view = await oidc.patiently(finish, code=KEYS_MISSING)
        resource.write(req, resp, view, status=201)
        resp.set_header("Cache-Control", "no-store")

    return {"begin_oidc": begin_oidc, "complete_oidc": complete_oidc}
