"""Whose attempts are counted: only what trusted proxies wrote is believed."""

from __future__ import annotations

import pytest
from falcon.testing import create_asgi_req

from gateway.limits import SignInLimits

PEER, CLIENT = "10.0.0.9", "203.0.113.7"


@pytest.mark.parametrize(
    ("proxies", "headers", "counted"),
    [
        (0, {"X-Forwarded-For": CLIENT, "Forwarded": f"for={CLIENT}"}, PEER),
        (1, {"X-Forwarded-For": CLIENT}, CLIENT),
        (1, {"X-Forwarded-For": f"192.0.2.1, {CLIENT}", "Forwarded": "for=192.0.2.1"}, CLIENT),
        (1, {"X-Forwarded-For": f"192.0.2.1, {PEER}"}, PEER),
        (1, {"Forwarded": "for=192.0.2.1"}, PEER),
    ],
)
def test_a_forged_address_does_not_escape_the_limit(proxies: int, headers: dict[str, str], counted: str) -> None:
    limits = SignInLimits(per_name="3/minute", per_address="9/minute", store="async+memory://", proxies=proxies)
    assert limits.address(create_asgi_req(headers=headers, remote_addr=PEER)) == counted
