"""What a gateway may keep of the registry: replies that follow from scope alone, and are never changed in silence."""

from __future__ import annotations

import pytest

from chassis.runtime.inprocess import InProcessHost
from services.registry.organisations.models import Organisation
from tests import kit
from tests.service.registry.cast import Cast
from tests.service.shown import SHOWN, Guard, check_read


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def test_kept_replies_follow_from_the_callers_scope(cast: Cast) -> None:
    made = cast.organisation()
    executor = cast.host.executors["registry"]
    asked = {
        "registry.get_organisation": {"organisation_id": made["organisation_id"]},
        "registry.list_organisations": {"name": "夕阳红", "field": "elder_care"},
        "registry.list_fields": {},
        "registry.list_policies": {},
    }
    assert set(asked) == {name for name in SHOWN if name.startswith("registry.")}
    who = [kit.actor("bureau"), kit.actor("street_staff", streets=[kit.ZHUHAI])]
    who += [kit.actor(role, organisation_id=made["organisation_id"]) for role in ("cso", "hub")]
    for operation, arguments in asked.items():
        for actor in who:
            assert check_read(executor, operation, actor, **arguments)


def test_each_write_tells_what_it_spoils(cast: Cast, shown: Guard) -> None:
    made = cast.organisation()
    change = {"organisation_id": made["organisation_id"], "reason": "核实"}
    cast.bureau("registry.change_organisation", **change, introduction="改了")
    cast.bureau("registry.change_organisation", **change, status="closed")
    cast.bureau("registry.add_field", code="pet_care", zh="宠物", en="Pets")
    cast.bureau("registry.set_policy", key="seed_members", value=12)
    assert shown.seen == {
        ("registry.get_organisation", "organisation_registered"),
        ("registry.list_organisations", "organisation_registered"),
        ("registry.get_organisation", "organisation_changed"),
        ("registry.list_organisations", "organisation_changed"),
        ("registry.list_fields", "field_added"),
        ("registry.list_policies", "policy_changed"),
    }


def test_a_silent_write_does_not_pass_the_guard(cast: Cast) -> None:
    made = cast.organisation()
    executor = cast.host.executors["registry"]
    with (
        pytest.raises(AssertionError, match=r"registry\.get_organisation shows org_"),
        executor.system_session("test", kit.DISTRICT) as session,
    ):
        session.get_one(Organisation, made["organisation_id"]).introduction = "悄悄改了"
