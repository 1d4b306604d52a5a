"""Read by gunicorn from the working directory; options on its command line win."""

from gateway.server import child_exit, post_worker_init

__all__ = ["child_exit", "limit_request_line", "post_worker_init"]

# A Chinese character in an address is nine bytes: a text of some 880 fits (GET /v1/text-readings).
limit_request_line = 8190
