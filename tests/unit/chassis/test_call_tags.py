"""Coalesced acknowledgements: whatever the order of answers, each delivery is acknowledged once and none too early."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pamqp import frame

pytestmark = pytest.mark.filterwarnings("ignore:[^A-Za-z]*Eventlet is deprecated")


class Wire:
    """Keeps what is sent."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []

    def send(self, data: bytes) -> None:
        self.sent.append(data)


@settings(deadline=None)  # the first example imports the runtime
@given(st.permutations(range(1, 13)), st.lists(st.booleans(), min_size=12, max_size=12))
def test_every_answer_is_acknowledged_once_and_no_call_that_runs(order: list[int], writes: list[bool]) -> None:
    from chassis.runtime.fast_calls import Tags

    wire, settled, answered = Wire(), set[int](), set[int]()
    tags = Tags(wire)  # type: ignore[arg-type]
    tags.held.update(order)
    for tag, write in zip(order, [*writes[:-1], True], strict=True):
        tags.answered.append(tag)
        answered.add(tag)
        if not write:
            continue
        tags.acknowledge()
        for data in wire.sent:
            _, _, ack = frame.unmarshal(data)
            fresh = {one for one in range(1, 13) if one <= ack.delivery_tag} if ack.multiple else {ack.delivery_tag}
            assert ack.delivery_tag not in settled
            settled |= fresh - settled
        wire.sent.clear()
        assert settled == answered
    assert settled == set(order)
