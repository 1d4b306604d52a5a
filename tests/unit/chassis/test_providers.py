"""Identity providers as data: what cannot be right stops the process with a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chassis import providers

GOOD: dict[str, Any] = {
    "name": "sso",
    "issuer": "https://id.example",
    "client_id": "footprint",
    "redirect_uris": ["https://cloud.example/back"],
}


def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rows: Any) -> dict[str, providers.Provider]:
    (tmp_path / "providers.json").write_text(json.dumps(rows))
    monkeypatch.setenv("OIDC_PROVIDERS_FILE", str(tmp_path / "providers.json"))
    return providers.known()


def test_none_are_known_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OIDC_PROVIDERS_FILE", raising=False)
    assert providers.known() == {}


def test_a_provider_has_its_discovery_address_and_perhaps_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("hush\n")
    found = load(tmp_path, monkeypatch, [GOOD, {**GOOD, "name": "b", "client_secret_file": str(tmp_path / "secret")}])
    assert found["sso"].discovery_url == "https://id.example/.well-known/openid-configuration"
    assert (found["sso"].client_secret(), found["b"].client_secret()) == (None, "hush")


@pytest.mark.parametrize(
    "row",
    [
        {**GOOD, "issuer": "http://id.example"},
        {**GOOD, "match": {"claim": "email", "to": "name"}},
        {**GOOD, "unknown": 1},
        {"name": "sso"},
    ],
)
def test_what_cannot_be_right_stops_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: Any) -> None:
    with pytest.raises(SystemExit):
        load(tmp_path, monkeypatch, [row])


def test_a_rule_looks_into_lists_and_at_words() -> None:
    rule = providers.Rule(claim="groups", value="a", role="bureau")
    assert rule.fits({"groups": ["b", "a"]})
    assert rule.fits({"groups": "a"})
    assert not rule.fits({"groups": "abc"})
    assert not rule.fits({})
