"""Who signs, and what a service believes."""

from __future__ import annotations

from pathlib import Path

import pytest
from joserfc.jwk import OKPKey

from chassis import tokens
from chassis.actor import Actor
from chassis.errors import UnauthenticatedError

PEOPLE = OKPKey.generate_key("Ed25519")
INTERNAL = OKPKey.generate_key("Ed25519")
VERIFIER = tokens.Verifier(PEOPLE, internal=INTERNAL)
BUREAU = Actor(account_id="acc_1", role="bureau", district_code="370211")


def test_a_persons_token_becomes_that_person() -> None:
    actor = VERIFIER.actor(tokens.issue(PEOPLE, BUREAU, session_id="ses_1"))
    assert (actor.account_id, actor.role, actor.session_id) == ("acc_1", "bureau", "ses_1")


def test_a_services_token_becomes_the_system_under_its_name() -> None:
    actor = VERIFIER.actor(tokens.issue_internal(INTERNAL, service="notify", district_code="370211"))
    assert actor.is_system
    assert (actor.name, actor.account_id, actor.district_code) == ("notify", None, "370211")


def test_the_key_of_people_makes_no_system() -> None:
    system = Actor(account_id="acc_1", role="system", district_code="370211")
    for forged in (
        tokens.issue(PEOPLE, system, session_id="ses_1"),
        tokens.issue_internal(PEOPLE, service="notify", district_code="370211"),
    ):
        with pytest.raises(UnauthenticatedError):
            VERIFIER.actor(forged)


def test_the_internal_key_makes_no_person() -> None:
    with pytest.raises(UnauthenticatedError):
        VERIFIER.actor(tokens.issue(INTERNAL, BUREAU, session_id="ses_1"))


def test_without_an_internal_key_no_service_is_believed() -> None:
    with pytest.raises(UnauthenticatedError):
        tokens.Verifier(PEOPLE).actor(tokens.issue_internal(INTERNAL, service="notify", district_code="370211"))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.b.c", "W10.W10.W10", "bnVsbA.e30.e30"])
def test_nonsense_is_nobody(token: str) -> None:
    with pytest.raises(UnauthenticatedError):
        VERIFIER.actor(token)


def test_a_token_expires_though_its_signature_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tokens, "INTERNAL_LIFETIME_SECONDS", -1)
    token = tokens.issue_internal(INTERNAL, service="notify", district_code="370211")
    for _ in range(2):
        with pytest.raises(UnauthenticatedError) as caught:
            VERIFIER.actor(token)
        assert caught.value.code == "token_expired"


def test_a_process_without_the_key_says_which_setting_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("INTERNAL_SIGNING_KEY_FILE", raising=False)
    with pytest.raises(SystemExit, match="INTERNAL_SIGNING_KEY_FILE"):
        tokens.service_token("notify")


def test_a_service_signs_with_its_key_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "internal.pem"
    path.write_bytes(INTERNAL.as_pem(private=True))
    monkeypatch.setenv("INTERNAL_SIGNING_KEY_FILE", str(path))
    assert VERIFIER.actor(tokens.service_token("notify")).name == "notify"
