"""What notify adds to a trace: from the event to the mail that was accepted, without an address or a text."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.runtime import tracing
from chassis.runtime.tracing import Source
from chassis.tracing import Node, Step, tree
from services.notify.service import SERVICE
from tests.service.notify.test_mail import ADDRESS, member, pay
from tests.service.notify.world import Mailbox, Notify


@pytest.fixture
def sources(notify: Notify) -> list[Source]:
    return [Source(service=SERVICE, sessions=notify.host.executors["notify"].sessions)]


def path(nodes: list[Node]) -> list[Step]:
    """The steps of a tree that does not branch."""
    found = []
    while nodes:
        (node,) = nodes
        found.append(node.step)
        nodes = node.children
    return found


def test_a_trace_leads_from_the_event_to_the_accepted_mail(
    notify: Notify, mailbox: Mailbox, sources: list[Source]
) -> None:
    envelope = pay(notify, member(notify))
    (waiting,) = [step for step in tracing.follow(sources, envelope.trace_id) if step.kind == "delivery"]
    assert (waiting.status, waiting.until) == ("queued", None)
    notify.host.settle()
    steps = path(tree(tracing.follow(sources, envelope.trace_id)))
    assert [(step.kind, step.name, step.status) for step in steps] == [
        ("event", "tranche_paid", "pruned"),  # projects' outbox is not asked here: as after its retention
        ("handled", "notify.on_tranche_paid", "done"),
        ("message", "tranche_paid", "unread"),
        ("delivery", "email", "sent"),
        ("event", "message_delivered", "sent"),
    ]
    delivery = steps[3]
    assert delivery.until is not None
    assert delivery.at is not None
    assert delivery.until >= delivery.at
    assert [attempt["outcome"] for attempt in delivery.details["attempts"]] == ["succeed"]
    assert ADDRESS not in str(steps)
    assert "拨付" not in str(steps)


def test_a_failed_mail_is_told_without_the_answer_of_the_peer(
    notify: Notify, mailbox: Mailbox, sources: list[Source]
) -> None:
    mailbox.data_answers = [f"451 {ADDRESS} later"]
    envelope = pay(notify, member(notify))
    notify.host.settle()
    (delivery,) = [step for step in tracing.follow(sources, envelope.trace_id) if step.kind == "delivery"]
    assert (delivery.status, delivery.details["tries"]) == ("failed", 1)
    assert "due_at" in delivery.details
    assert ADDRESS not in str(delivery)


def test_a_trace_is_found_by_message_delivery_and_event(
    notify: Notify, mailbox: Mailbox, sources: list[Source]
) -> None:
    envelope = pay(notify, member(notify))
    notify.host.settle()
    found: list[Any] = [step.id for step in tracing.follow(sources, envelope.trace_id) if step.kind != "handled"]
    assert len(found) == 4
    assert {tracing.find_trace(sources, one) for one in found} == {envelope.trace_id}
