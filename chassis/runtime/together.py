"""Many events in one transaction: what ``on_event(..., together=n)`` promises, whatever the host.

Each event still has its effect once, and a failure still concerns one event only: what fails together is tried alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from chassis import context, crash, inbox, logging
from chassis.actor import system_actor
from chassis.context import Context
from chassis.events import Envelope
from chassis.runtime import retrying
from chassis.runtime.delivery import PoisonError, open_letter
from chassis.runtime.execute import Executor, logged, new_trace_id
from chassis.runtime.parking import Letter

log = logging.get(__name__)


def applied_together(executor: Executor, event: str, letters: Sequence[Letter]) -> bool:
    """Let the handler of ``event`` apply messages at once; ``False`` where each must be tried alone.

    Never raises an :class:`Exception`.
    """
    try:
        envelopes = [open_letter(event, letter) for letter in letters]
        if len({envelope.district_code for envelope in envelopes}) > 1:
            return False
        handle_together(executor, envelopes, event=event, letters=letters)
    except PoisonError:
        return False
    except Exception as error:
        log.warning("events_tried_alone", handled=event, count=len(letters), error=repr(error))
        return False
    return True


def handle_together(
    executor: Executor, envelopes: Sequence[Envelope], *, event: str, letters: Sequence[Letter] = ()
) -> int:
    """Apply events of one district in the order given; answers how many were new.

    ``letters``: their messages, so that the rows of those that came back from a retry tier go as well.
    """
    handler, method = executor.service.queue_of(event), executor.service.handlers()[event]
    (district,) = {envelope.district_code for envelope in envelopes}
    ctx = Context(
        service=executor.service.name, actor=system_actor(handler, district), trace_id=new_trace_id(), causation_id=None
    )
    with logged(ctx, handler=handler):
        with executor.sessions.begin() as session:
            context.bind(session, ctx)
            for letter in letters:
                if letter.attempt:
                    retrying.forget(session, queue=handler, event_id=letter.message_id)
            first = {envelope.id: envelope for envelope in reversed(envelopes)}
            fresh = inbox.accept_many(session, handler=handler, event_ids=first)
            new = [envelope for envelope in envelopes if envelope.id in fresh and first[envelope.id] is envelope]
            if new:
                getattr(executor.service.cls(), method)(session, new)
            crash.point("event.after_effect")
        crash.point("event.after_commit")
        log.info("events_handled", count=len(new), of=len(envelopes))
    return len(new)
