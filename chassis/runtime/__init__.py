"""The seam. Services say five words (rpc, command, on_event, every, timer); hosts carry them out."""

from chassis.runtime.entrypoints import ANY_EVENT, command, every, on_event, rpc, timer

__all__ = ["ANY_EVENT", "command", "every", "on_event", "rpc", "timer"]
