"""``/verify``: one file, nothing from outside, and its policy lets nothing else run. What it decides: tests/browser."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from gateway import api, catalogue
from gateway.pages import verifier
from tests import kit
from tests.gateway.kit import Client, make_deps


@pytest.fixture
def client() -> Client:
    return Client(make_deps(kit.make_host("registry"), routes=api.routes(), catalogue=catalogue.load()))


def test_everybody_gets_the_page_and_it_is_the_file_itself(client: Client) -> None:
    reply = client.get("/verify")
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.content == resources.files("gateway.pages").joinpath("verify.html").read_bytes()
    assert client.get("/verify", headers={"If-None-Match": reply.headers["etag"]}).status_code == 304


def test_the_policy_lets_its_own_script_run_and_nothing_be_fetched_or_sent(client: Client) -> None:
    told = client.get("/verify").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in told.split(";"))
    assert rules["default-src"] == rules["connect-src"] == rules["form-action"] == "'none'"
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["script-src"])
    assert re.fullmatch(r"'sha256-[A-Za-z0-9+/]{43}='", rules["style-src"])
    page = client.get("/verify").text
    assert verifier.policy(page.replace("LARGEST", "OTHER")) != told


def test_the_page_names_nothing_outside_itself_and_is_labelled(client: Client) -> None:
    page = client.get("/verify").text
    assert re.findall(r'(?:src|href)="(?!#)[^"]*"', page) == []
    assert not re.search(r"https?://|fetch\(|XMLHttpRequest|sendBeacon|WebSocket|import\(", page)
    assert re.findall(r'<html lang="([^"]+)"', page) == ["zh-CN"]
    fields = re.findall(r'<(?:input|textarea)[^>]* id="([^"]+)"', page)
    assert sorted(fields) == sorted(re.findall(r'<label for="([^"]+)"', page))
    assert not re.search(r' style="| onclick=', page)
