"""What the tests of notify stand on: events of other services, a mail server and a webhook receiver that are real."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
from aiosmtpd.controller import Controller
from sqlalchemy import select, update

from chassis import clock, ids
from chassis.actor import Actor
from chassis.events import Envelope, Event, type_of
from chassis.runtime.inprocess import InProcessHost
from contracts.registry.events import AccountOpened, OrganisationRegistered
from services.notify.deliveries.models import Delivery
from services.notify.webhooks.models import WebhookEndpoint
from tests import kit
from tests.kit import Caller


@dataclass
class Notify:
    """The service under test, and the events it hears, each delivered twice."""

    host: InProcessHost
    addresses: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)

    def hear(self, event: Event, *, twice: bool = True, version: int | None = None) -> Envelope:
        kind = type_of(type(event))
        subject = getattr(event, kind.subject_field)
        self.versions[subject] = version or self.versions.get(subject, 0) + 1
        envelope = Envelope(
            id=ids.new_id("evt"),
            name=kind.name,
            source=kind.owner,
            subject=subject,
            subject_version=self.versions[subject],
            district_code=kit.DISTRICT,
            occurred_at=clock.system_now(),
            trace_id=ids.new_uuid().hex,
            payload=msgspec.to_builtins(event),
        )
        for _ in range(2 if twice else 1):
            self.host.executors["notify"].handle(envelope)
        return envelope

    def open_account(
        self,
        role: str,
        *,
        organisation_id: str | None = None,
        streets: tuple[str, ...] = (),
        email: str | None = None,
    ) -> Actor:
        who = kit.actor(role, streets=streets, organisation_id=organisation_id)
        assert who.account_id
        if email:
            self.addresses[who.account_id] = email
        self.hear(
            AccountOpened(
                account_id=who.account_id,
                role=role,
                organisation_id=organisation_id,
                account_streets=list(streets),
                community_code=None,
                verified=False,
            )
        )
        return who

    def register(self, name: str = "暖阳助老队（演示）", *, street: str = kit.ZHUHAI) -> str:
        organisation_id = ids.new_id("org")
        self.hear(
            OrganisationRegistered(
                organisation_id=organisation_id,
                name=name,
                kind="cso",
                legal_tier="filed",
                fields=["elder_care"],
                street_code=street,
                hub_id=None,
                status="active",
                in_breach=False,
            )
        )
        return organisation_id

    def inbox(self, who: Actor, **filters: Any) -> list[dict[str, Any]]:
        page = Caller(self.host, who)("notify.list_messages", **filters)
        return [message for message in page["items"] if message["event_name"] != "account_opened"]

    def deliveries(self, **filters: Any) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = Caller(self.host, kit.actor("operator"))("notify.list_deliveries", **filters)[
            "items"
        ]
        return items

    def make_due(self) -> None:
        """Let every wait pass, of deliveries and of paused endpoints; a lease ends as well."""
        past = clock.system_now()
        with self.host.executors["notify"].sessions.begin() as session:
            session.execute(update(Delivery).where(Delivery.due_at.is_not(None)).values(due_at=past))
            session.execute(update(Delivery).where(Delivery.lease_until.is_not(None)).values(lease_until=past))
            session.execute(update(WebhookEndpoint).values(resume_at=None))

    def delivery(self, delivery_id: str) -> Delivery:
        with self.host.executors["notify"].sessions() as session:
            return session.scalars(select(Delivery).where(Delivery.id == delivery_id)).one()


@dataclass
class Mailbox:
    """A mail server: what it accepted, and what it says to whom."""

    port: int = 0
    mails: list[tuple[str, bytes]] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    data_answers: list[str] = field(default_factory=list)

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.data_answers:
            answer = self.data_answers.pop(0)
            if not answer.startswith("250"):
                return answer
        self.mails.append((envelope.rcpt_tos[0], envelope.original_content))
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """aiosmtpd on a free port of loopback."""
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Receiver:
    """A webhook receiver: what it got, and the statuses it answers next (then 200)."""

    url: str = ""
    posts: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def webhook_receiver() -> Iterator[Receiver]:
    """A small HTTP server on a free port of loopback."""
    state = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            state.posts.append(({name.lower(): value for name, value in self.headers.items()}, body))
            self.send_response(state.statuses.pop(0) if state.statuses else 200)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
