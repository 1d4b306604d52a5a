"""Separation of duties, read off the authorisation table."""

from __future__ import annotations

import pytest

from chassis import standard
from chassis.operations import ANYONE, Operation
from contracts import roles
from gateway import api, catalogue

# What everybody signed in may do about himself; whoever guards, audits or administers is somebody, too.
OWN = {
    "notify.read_message",
    "notify.set_preference",
    "registry.change_password",
    "registry.give_consent",
    "registry.request_data_export",
    "registry.request_erasure",
    "registry.revoke_session",
    "registry.revoke_sessions",
    "registry.sign_out",
    "registry.withdraw_consent",
}


def table() -> dict[str, Operation]:
    return {**catalogue.load(), **api.own_operations()}


def writes(role: str) -> set[str]:
    """Commands of the role that are not everybody's."""
    found = {name for name, row in table().items() if row.kind == "command" and role in row.roles}
    everybodys = {name for name in found if table()[name].roles >= set(roles.SIGNED_IN)}
    return found - everybodys


def reads(role: str) -> set[str]:
    """Reads of the role that are neither everybody's nor public."""
    rows = table().items()
    return {
        name
        for name, row in rows
        if row.kind == "rpc" and role in row.roles and ANYONE not in row.roles and not row.roles >= set(roles.SIGNED_IN)
    }


def test_an_auditor_writes_nothing_but_about_himself() -> None:
    copies = {"registry.export_organisations", "resources.export_offers", "resources.export_needs"}
    allowed = copies | {"projects.start_trail_audit"}
    assert writes(roles.AUDITOR) == allowed, "a copy of what he may read, a check of the trail; nothing changes"


def test_what_everybody_may_write_is_about_oneself() -> None:
    everybodys = {name for name, row in table().items() if row.kind == "command" and row.roles >= set(roles.SIGNED_IN)}
    assert everybodys >= OWN


def test_security_keeps_credentials_and_touches_no_data() -> None:
    assert writes(roles.SECURITY) == {
        "registry.confirm_account",
        "registry.disclose_personal",
        "registry.issue_api_key",
        "registry.reject_account",
        "registry.reopen_account",
        "registry.require_password_change",
        "registry.reseal_personal_data",
        "registry.reset_password",
        "registry.revoke_api_key",
        "registry.rotate_api_key",
        "registry.set_policy",
        "registry.unlock_account",
        "registry.withdraw_integration",
    }


BUS = {row.name for row in standard.OPERATIONS}


def test_the_administrator_keeps_accounts_and_the_machine_and_no_credentials() -> None:
    kept = {name for name in writes(roles.ADMINISTRATOR) if name.partition(".")[2] not in BUS}
    assert not kept & {"registry.issue_api_key", "registry.unlock_account", "registry.set_policy"}
    assert not kept & {"registry.confirm_account", "registry.reject_account"}
    accounts = {
        "registry.close_account",
        "registry.disclose_personal",
        "registry.erase_account",
        "registry.open_account",
        "registry.reopen_account",
        "registry.require_password_change",
        "registry.reset_password",
    }
    assert accounts <= kept


@pytest.mark.parametrize("role", roles.EVERY_ROLE)
def test_every_role_is_somewhere_in_the_table(role: str) -> None:
    assert writes(role) | reads(role) or role == roles.API_CLIENT


def test_every_role_has_its_scope_in_words() -> None:
    assert set(roles.SCOPES) == set(roles.EVERY_ROLE)
