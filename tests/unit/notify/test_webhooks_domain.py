"""Webhook endpoints: nothing but the public internet is a target; filters and states."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.notify import kinds
from services.notify.deliveries.post import resolve
from services.notify.webhooks import domain

ACTIONS = ("disable", "resume", "remove", "invented")


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/hook",
        "https://127.0.0.1/hook",
        "https://localhost/hook",
        "https://10.1.2.3/hook",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/hook",
        "https://[::ffff:10.0.0.1]/hook",
        "https://[fd00::1]/hook",
        "https://[64:ff9b::a00:1]/hook",
        "https://0.0.0.0/hook",
        "https://100.64.0.1/hook",
        "https://224.0.0.1/hook",
        "https://user:secret@example.org/hook",
        "https://example.org/hook#part",
        "https://example.org:0/hook",
        "https://example.org:99999/hook",
        "https:///hook",
        "https://[bad/hook",
        "ftp://example.org/hook",
        "https://exa mple.org/hook",
        "https://例子.org/hook",
        "intranet",
    ],
)
def test_an_address_inside_or_malformed_is_refused(url: str) -> None:
    with pytest.raises(InvalidError):
        domain.split_url(url, allow_loopback=False)


@pytest.mark.parametrize("url", ["https://example.org/hook", "https://8.8.8.8:8443/a?b=c"])
def test_a_public_https_address_is_accepted(url: str) -> None:
    assert domain.split_url(url, allow_loopback=False).hostname


def test_a_demonstration_may_use_loopback_but_still_nothing_else_inside() -> None:
    assert domain.split_url("http://127.0.0.1:9000/hook", allow_loopback=True).port == 9000
    with pytest.raises(InvalidError):
        domain.split_url("http://10.0.0.8/hook", allow_loopback=True)


def test_a_name_that_resolves_inside_is_refused_when_sending(monkeypatch: pytest.MonkeyPatch) -> None:
    def rebind(*_args: object, **_kwargs: object) -> list[object]:
        return [(2, 1, 6, "", ("93.184.216.34", 443)), (2, 1, 6, "", ("192.168.0.7", 443))]

    monkeypatch.setattr("socket.getaddrinfo", rebind)
    with pytest.raises(InvalidError):
        resolve("https://rebind.example.org/hook", allow_loopback=False)


def test_the_checked_address_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.getaddrinfo", lambda *a, **k: [(2, 1, 6, "", ("93.184.216.34", 8443))])
    target = resolve("https://hooks.example.org:8443/a?b=c", allow_loopback=False)
    assert target.url == "https://93.184.216.34:8443/a?b=c"
    assert (target.host, target.hostname) == ("hooks.example.org:8443", "hooks.example.org")


@given(st.text(max_size=60))
@settings(max_examples=100)
def test_any_text_is_judged_without_a_crash(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/hook"):
        try:
            domain.split_url(url, allow_loopback=False)
        except InvalidError:
            continue


@given(st.ip_addresses())
@settings(max_examples=100)
def test_no_private_address_is_ever_acceptable(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    if address.is_private or address.is_link_local or address.is_loopback:
        assert not domain.is_acceptable(address, allow_loopback=False)


@given(status=st.sampled_from(kinds.ENDPOINT_STATUSES), action=st.sampled_from(ACTIONS))
@settings(max_examples=40)
def test_a_transition_is_in_the_table_or_a_conflict(status: str, action: str) -> None:
    if (status, action) in domain.TRANSITIONS:
        assert domain.next_status(status, action) in kinds.ENDPOINT_STATUSES
    else:
        with pytest.raises(ConflictError):
            domain.next_status(status, action)


def test_an_organisation_role_without_organisation_owns_nothing() -> None:
    with pytest.raises(ForbiddenError):
        domain.check_owner("cso", None, ("cso",))
    domain.check_owner("bureau", None, ("cso",))


def test_a_secret_is_one_the_library_takes() -> None:
    secret = domain.new_secret(bytes(range(32)))
    assert secret.startswith("whsec_")
    assert Webhook(secret)


def test_filters() -> None:
    def wants(events: list[str], mine: list[str], theirs: list[str]) -> bool:
        return domain.wants(event_names=events, endpoint_streets=mine, event_name="a", event_streets=theirs)

    assert wants([], [], [])
    assert wants(["a"], ["1"], ["1", "2"])
    assert wants([], ["1"], [])
    assert not wants(["b"], [], [])
    assert not wants([], ["1"], ["2"])
