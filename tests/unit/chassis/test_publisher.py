"""Two batches on the wire: each is settled by its own answers, in whatever order and bundles the broker gives them."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import amqp
from hypothesis import given
from hypothesis import strategies as st

from chassis.runtime.publisher import Publisher

FATES = st.lists(st.sampled_from(["ack", "nack", "return"]), min_size=1, max_size=8)


class Line(Publisher):
    """Without a network: :meth:`_drain` plays the broker's next answer."""

    def __init__(self, answers: list[tuple[str, int, bool]]) -> None:
        super().__init__("amqp://nowhere", stopping=lambda: False)
        transport = SimpleNamespace(having_timeout=lambda _: nullcontext(), write=lambda _: None)
        connection = SimpleNamespace(transport=transport, frame_max=131072)
        self._channel = SimpleNamespace(channel_id=1, connection=connection)
        self._answers = answers

    def _drain(self, seconds: float) -> None:
        if seconds:  # it waits: what it looks for before a batch is sent may as well come later
            fate, tag, multiple = self._answers.pop(0)
            if fate == "return":
                self._on_return(Exception(), "", "", SimpleNamespace(properties={"message_id": f"evt_{tag}"}))
            elif fate == "nack":
                self._on_nack(tag, multiple)
            else:
                self._on_ack(tag, multiple)


def items(tags: range) -> list[Any]:
    return [(f"row {tag}", "", "key", amqp.Message(b"{}", message_id=f"evt_{tag}"), True) for tag in tags]


def answers(fates: list[str], bundles: list[bool], order: Any) -> list[tuple[str, int, bool]]:
    """A return comes before its ack; runs of acks may be one answer for many."""
    single = [
        [("return", tag, False), ("ack", tag, False)] if fate == "return" else [(fate, tag, False)]
        for tag, fate in enumerate(fates, start=1)
    ]
    if order is not None:
        order.shuffle(single)
        return [answer for group in single for answer in group]
    flat = [answer for group in single for answer in group]
    made = []
    for index, (fate, tag, _) in enumerate(flat):
        follows = index + 1 < len(flat) and flat[index + 1][0] == "ack"
        if fate == "ack" and follows and bundles[index % len(bundles)]:
            continue  # told by the one after it
        made.append((fate, tag, fate == "ack"))
    return made


@given(FATES, FATES, st.lists(st.booleans(), min_size=1), st.none() | st.randoms(use_true_random=False))
def test_each_batch_hears_of_its_own_refusals(
    first: list[str], second: list[str], bundles: list[bool], order: Any
) -> None:
    fates = first + second
    line = Line(answers(fates, bundles, order))
    one = line.send(items(range(1, len(first) + 1)))
    two = line.send(items(range(len(first) + 1, len(fates) + 1)))
    told = [line.settle(one), line.settle(two)]
    refused = {f"row {tag}" for tag, fate in enumerate(fates, start=1) if fate != "ack"}
    early = {f"row {tag}" for tag in range(1, len(first) + 1)}
    assert set(told[0]) == refused & early
    assert set(told[1]) == refused - early
    assert not line._answers or order is not None
    assert (line._waiting, line._refused, line._tags) == ({}, {}, {})


def test_a_batch_is_settled_while_the_next_is_still_unanswered() -> None:
    line = Line([("ack", 2, True)])
    one = line.send(items(range(1, 3)))
    line.send(items(range(3, 5)))
    assert line.settle(one) == {}
    assert list(line._waiting) == [3, 4]


def test_an_event_that_was_refused_once_is_not_refused_when_it_is_sent_again() -> None:
    line = Line([("nack", 1, False), ("ack", 2, False)])
    again = items(range(1, 2))
    assert line.settle(line.send(again)) == {"row 1": "refused by the broker: a queue is full"}
    assert line.settle(line.send(again)) == {}
