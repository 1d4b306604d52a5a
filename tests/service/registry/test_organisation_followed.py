"""Other services follow a merge: whom an account acts for, and that the merged organisation is one no more."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text

from chassis import ids
from chassis.runtime.inprocess import InProcessHost, envelope_of
from chassis.tables import OutboxEvent
from services.registry.bootstrap import seed
from tests import kit
from tests.service.registry.cast import Cast

OTHERS = ("projects", "resources", "notify")


@pytest.fixture
def cast() -> Cast:
    host = kit.make_host("registry", *OTHERS)
    with host.executors["registry"].system_session("bootstrap", kit.DISTRICT) as session:
        seed(session, district_code=kit.DISTRICT)
    return Cast(host)


def uuid_of(key: str) -> Any:
    """As the database holds it."""
    return ids.decode(key.partition("_")[0], key)


def known(host: InProcessHost, account_id: str, organisation_id: str) -> dict[str, tuple[Any, Any]]:
    """By service: whom the account acts for, and the organisation's status."""
    found = {}
    for name in OTHERS:
        with host.executors[name].sessions() as session:
            account, organisation = uuid_of(account_id), uuid_of(organisation_id)
            acts_for = session.execute(
                text("SELECT organisation_id FROM known_account WHERE id = :id"), {"id": account}
            ).scalar()
            status = session.execute(
                text("SELECT status FROM known_organisation WHERE id = :id"), {"id": organisation}
            ).scalar()
            found[name] = (acts_for, status)
    return found


def test_accounts_and_organisations_follow_a_merge_and_its_undoing_everywhere(cast: Cast) -> None:
    survivor, merged = (cast.organisation(name)["organisation_id"] for name in ("甲社", "乙社"))
    account = cast.account("cso", "cso-merged", organisation_id=merged)["account_id"]
    ask = {"survivor_id": survivor, "merged_id": merged, "reason": "重复"}
    proposed = cast.street("registry.propose_merge", **ask)
    cast.host.settle()
    assert known(cast.host, account, merged) == dict.fromkeys(OTHERS, (uuid_of(merged), "active"))
    cast.bureau("registry.approve_merge", merge_id=proposed["merge_id"])
    cast.host.settle()
    assert known(cast.host, account, merged) == dict.fromkeys(OTHERS, (uuid_of(survivor), "merged"))
    cast.bureau("registry.undo_merge", merge_id=proposed["merge_id"], reason="误并")
    cast.host.settle()
    assert known(cast.host, account, merged) == dict.fromkeys(OTHERS, (uuid_of(merged), "active"))


def test_a_move_that_arrives_before_the_opening_is_not_forgotten(cast: Cast) -> None:
    survivor, merged = (cast.organisation(name)["organisation_id"] for name in ("甲社", "乙社"))
    cast.host.settle()
    account = cast.account("cso", "cso-merged", organisation_id=merged)["account_id"]
    proposed = cast.street("registry.propose_merge", survivor_id=survivor, merged_id=merged, reason="重复")
    cast.bureau("registry.approve_merge", merge_id=proposed["merge_id"])
    with cast.host.executors["registry"].sessions() as session:
        rows = session.scalars(select(OutboxEvent).where(OutboxEvent.subject == account))
        told = sorted((envelope_of(row) for row in rows), key=lambda one: one.subject_version)
    assert [one.name for one in told] == ["account_opened", "account_moved"]
    for envelope in reversed(told):
        for name in OTHERS:
            cast.host.executors[name].handle(envelope, event=envelope.name)
    assert {acts_for for acts_for, _ in known(cast.host, account, merged).values()} == {uuid_of(survivor)}
