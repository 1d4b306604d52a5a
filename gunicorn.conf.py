"""Read by gunicorn from the working directory; options on its command line win."""

from gateway.server import child_exit, post_worker_init

__all__ = ["child_exit", "post_worker_init"]
