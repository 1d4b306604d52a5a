"""The talent grid and dispatch: consent, norms, gaps, a map that points at nobody, offers nobody is forced to take."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis import clock, ids
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from contracts.registry.events_identity import AccountErased
from contracts.registry.events_places import GridCellRedrawn, PlaceOpened, PlaceRetired
from tests import kit
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.resources.conftest import World
from tests.service.resources.test_one_list import NAME, PHONE, events

COMMUNITY = ZHUHAI + "001"
CELLS = [f"{COMMUNITY}00{number}" for number in (1, 2, 3)]
SQUARE = '{"type":"Polygon","coordinates":[[[120.1,35.9],[120.11,35.9],[120.11,35.91],[120.1,35.91],[120.1,35.9]]]}'
SOON = clock.system_now().replace(microsecond=0) + timedelta(days=1)


def draw(world: World, count: int = 3) -> None:
    """Cells of a community, a kilometre or so apart."""
    for number, code in enumerate(CELLS[:count]):
        facts: dict[str, Any] = {"level": "grid_cell", "parent_code": COMMUNITY, "street_code": ZHUHAI}
        shape = {
            "longitude_e6": 120_100_000,
            "latitude_e6": 35_900_000 + 10_000 * number,
            "name": f"第{number + 1}网格",
        }
        boundary = SQUARE if number == 0 else ""
        world.hear(PlaceOpened(place_code=code, valid_from="2026-01-01", boundary=boundary, **facts, **shape))


def person(world: World, cell: str = CELLS[0], **given: Any) -> dict[str, Any]:
    body = {"kind": "volunteer", "name": NAME, "phone": PHONE, "street_code": ZHUHAI, "consent_how": "paper"}
    body |= {"community_code": COMMUNITY, "cell_code": cell, "skills": [{"skill": "mediation", "level": 2}]}
    who = given.pop("by", world.staff())
    return who("resources.register_talent", **{**body, "dispatch": True, **given})  # type: ignore[no-any-return]


def own(world: World, **given: Any) -> tuple[Caller, dict[str, Any]]:
    """Somebody with an account, who registered themselves."""
    account = ids.new_id("acc")
    me = Caller(world.host, actor("talent", streets=[ZHUHAI], account_id=account))
    return me, person(world, by=me, account_id=account, **given)


def wanted(world: World, **given: Any) -> dict[str, Any]:
    body = {"street_code": ZHUHAI, "community_code": COMMUNITY, "cell_code": CELLS[0], "title": "邻里调解"}
    times = {"starts_at": SOON.isoformat(), "ends_at": (SOON + timedelta(hours=2)).isoformat()}
    return world.staff()("resources.open_dispatch", **{**body, **times, "skills": ["mediation"], **given})  # type: ignore[no-any-return]


def offered(world: World, dispatch: dict[str, Any]) -> dict[str, Any]:
    world.staff()("resources.offer_dispatch", dispatch_id=dispatch["dispatch_id"])
    return waiting(world, dispatch)


def waiting(world: World, dispatch: dict[str, Any]) -> dict[str, Any]:
    query = {"dispatch_id": dispatch["dispatch_id"], "status": "offered"}
    [row] = world.staff()("resources.list_dispatch_offers", **query)["items"]
    return row  # type: ignore[no-any-return]


def answer(who: Caller, verb: str, offer: dict[str, Any]) -> dict[str, Any]:
    reply: dict[str, Any] = who(f"resources.{verb}_dispatch_offer", dispatch_offer_id=offer["dispatch_offer_id"])
    return reply


def state(world: World, dispatch: dict[str, Any]) -> str:
    return str(world.staff()("resources.get_dispatch", dispatch_id=dispatch["dispatch_id"])["status"])


def test_a_talent_sees_themselves_whole_others_see_a_mask_and_the_database_ciphertext(world: World) -> None:
    me, mine = own(world)
    assert (mine["name"], mine["phone"]) == (NAME, PHONE)
    shown = world.staff()("resources.get_talent", talent_id=mine["talent_id"])
    assert (shown["name"], shown["phone"]) == ("王**", "138****8000")
    with world.host.executors["resources"].sessions() as session:
        raw = session.execute(text("SELECT string_agg(row_to_json(t)::text, '') FROM talent t")).scalar_one()
        told = session.execute(text("SELECT string_agg(payload::text, '') FROM outbox")).scalar_one()
    for place in (raw, told):
        assert NAME not in place
        assert PHONE not in place
    other = person(world)
    with pytest.raises(NotFoundError):
        me("resources.get_talent", talent_id=other["talent_id"])
    with pytest.raises(ForbiddenError):
        person(world, by=me, account_id=ids.new_id("acc"))
    with pytest.raises(ConflictError) as twice:
        person(world, by=me, account_id=me.who.account_id)  # type: ignore[union-attr]
    assert twice.value.code == "talent_exists"
    with pytest.raises(NotFoundError):
        world.staff(CHANGJIANG)("resources.get_talent", talent_id=mine["talent_id"])


def test_a_cell_is_known_from_the_registry_in_whatever_order_its_news_come(world: World) -> None:
    draw(world, 1)
    redrawn = GridCellRedrawn(place_code=CELLS[1], community_code=COMMUNITY, points=0, name="新名")
    world.hear(redrawn, version=2)
    facts: dict[str, Any] = {"level": "grid_cell", "parent_code": COMMUNITY, "street_code": ZHUHAI}
    world.hear(PlaceOpened(place_code=CELLS[1], valid_from="2026-01-01", name="旧名", **facts), version=1)
    shown = world.staff()("resources.export_talent_map", street_code=ZHUHAI, skill="mediation")
    assert [(one["id"], one["properties"]["name"]) for one in shown["features"]] == [
        (CELLS[0], "第1网格"),
        (CELLS[1], "新名"),
    ]
    assert shown["features"][0]["geometry"]["type"] == "Polygon"
    assert shown["features"][1]["geometry"] is None
    gone = PlaceRetired(place_code=CELLS[1], level="grid_cell", valid_until="2026-12-31", successor_code=None)
    world.hear(gone, version=3)
    assert len(world.staff()("resources.export_talent_map", street_code=ZHUHAI, skill="mediation")["features"]) == 1


def test_gaps_follow_the_norm_of_each_level_and_a_new_norm_replaces_the_old(world: World) -> None:
    draw(world)
    rule = {"skill": "mediation", "basis": "residents", "people": 2, "residents": 1000}
    world.bureau("resources.publish_talent_norm", **rule)
    with pytest.raises(ConflictError):
        world.bureau("resources.publish_talent_norm", **rule)
    for code, residents in zip(CELLS[:2], (900, 1100), strict=True):
        world.staff()("resources.set_cell_residents", cell_code=code, residents=residents, as_of="2026-01-01")
    for _ in range(3):
        person(world)
    person(world, CELLS[1])
    ask = {"street_code": ZHUHAI, "skill": "mediation"}
    rows = world.staff()("resources.list_talent_gaps", **ask)["items"]
    assert [(row["have"], row["need"], row["gap"]) for row in rows] == [(3, 2, 0), (1, 3, 2), (0, None, None)]
    world.staff()("resources.set_cell_residents", cell_code=CELLS[2], residents=500, as_of="2026-01-01")
    [row] = world.staff()("resources.list_talent_gaps", **ask, level="community")["items"]
    assert (row["residents"], row["have"], row["need"], row["gap"], row["cells_short"]) == (2500, 4, 5, 1, 2)
    second = world.bureau("resources.publish_talent_norm", skill="mediation", basis="cell", people=1)
    assert second["number"] == 2
    current = world.bureau("resources.list_talent_norms", current=True)["items"]
    assert [one["talent_norm_id"] for one in current] == [second["talent_norm_id"]]
    [row] = world.staff()("resources.list_talent_gaps", **ask, level="street")["items"]
    assert (row["place_code"], row["need"], row["gap"], row["cells_short"]) == (ZHUHAI, 3, 0, 1)


def test_the_map_hides_small_counts_and_pages_show_no_more_than_the_whole(world: World) -> None:
    draw(world)
    world.bureau("resources.publish_talent_norm", skill="mediation", basis="cell", people=5)
    for cell, count in zip(CELLS, (1, 4, 5), strict=True):
        for _ in range(count):
            person(world, cell)
    ask: dict[str, Any] = {"street_code": ZHUHAI, "skill": "mediation"}
    hub = world.hub("hub")
    whole = hub("resources.export_talent_map", **ask)["features"]
    shown = {one["id"]: (one["properties"]["have"], one["properties"]["gap"]) for one in whole}
    assert shown == {CELLS[0]: (None, None), CELLS[1]: (None, None), CELLS[2]: (5, 0)}  # 1 is hidden, and 4 with it
    pages, cursor = [], None
    while True:
        page = hub("resources.export_talent_map", **ask, limit=1, **({"cursor": cursor} if cursor else {}))
        pages += page["features"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == whole
    assert NAME not in str(whole)


def test_the_nearest_fit_person_is_asked_first_and_a_no_goes_to_the_next_without_a_mark(world: World) -> None:
    draw(world)
    far = person(world, CELLS[2])
    near, mine = own(world)
    person(world, dispatch=False)  # did not agree
    person(world, skills=[{"skill": "repair"}])
    dispatch = wanted(world)
    ranking = world.staff()("resources.rank_talents", dispatch_id=dispatch["dispatch_id"])
    order = [(one["talent_id"], one["score"]) for one in ranking["candidates"]]
    assert [key for key, _ in order] == [mine["talent_id"], far["talent_id"]]
    assert all(one["score"] == sum(term["points"] for term in one["terms"]) for one in ranking["candidates"])
    assert [reason["code"] for one in ranking["unfit"] for reason in one["reasons"]] == ["no_dispatch_consent"]
    offer = offered(world, dispatch)
    assert offer["talent_id"] == mine["talent_id"]
    answer(near, "decline", offer)
    assert waiting(world, dispatch)["talent_id"] == far["talent_id"]
    again = wanted(world, title="另一次调解")
    fresh = world.staff()("resources.rank_talents", dispatch_id=again["dispatch_id"])["candidates"]
    assert [(one["talent_id"], one["score"]) for one in fresh] == order
    answer(world.staff(), "decline", waiting(world, dispatch))
    assert state(world, dispatch) == "unfilled"
    assert len(events(world, "dispatch_unfilled")) == 1
    with pytest.raises(ConflictError) as nobody:
        world.staff()("resources.offer_dispatch", dispatch_id=dispatch["dispatch_id"])
    assert nobody.value.code == "dispatch_nobody_fit"


def test_an_accepted_dispatch_ends_in_a_record_of_hours_that_certifies_nothing(world: World) -> None:
    draw(world)
    me, mine = own(world)
    dispatch = wanted(world, order_id=ids.new_id("ord"))
    answer(me, "accept", offered(world, dispatch))
    assert state(world, dispatch) == "accepted"
    done = {"dispatch_id": dispatch["dispatch_id"], "served_on": clock.day_of(clock.system_now()).isoformat()}
    with pytest.raises(InvalidError) as long:
        world.staff()("resources.finish_dispatch", **done, minutes=1000)
    assert long.value.code == "service_hours_too_long"
    world.staff()("resources.finish_dispatch", **done, minutes=90)
    with pytest.raises(ConflictError):
        world.staff()("resources.finish_dispatch", **done, minutes=90)
    [hours] = me("resources.list_service_hours")["items"]
    assert (hours["minutes"], hours["status"], hours["what"]) == (90, "recorded", "邻里调解")
    for form, magic in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        file = me("resources.get_service_record", talent_id=mine["talent_id"], form=form)
        assert base64.b64decode(file["content"]).startswith(magic)
    struck = {"service_hours_id": hours["service_hours_id"], "reason": "登记有误"}
    assert world.staff()("resources.strike_service_hours", **struck)["status"] == "struck"
    with pytest.raises(ConflictError):
        world.staff()("resources.strike_service_hours", **struck)
    with pytest.raises(NotFoundError):
        own(world)[0]("resources.get_service_record", talent_id=mine["talent_id"])


def test_an_offer_lapses_at_its_clock_once_and_a_late_yes_is_too_late(world: World) -> None:
    draw(world)
    me, _ = own(world)
    person(world, CELLS[2])
    dispatch = wanted(world)
    offer = offered(world, dispatch)
    executor = world.host.executors["resources"]
    expires = clock.system_now() + timedelta(minutes=121)
    for at in (expires - timedelta(minutes=30), expires, expires):
        with executor.system_session("dispatch_offer_lapses", kit.DISTRICT) as session:
            key = offer["dispatch_offer_id"]
            executor.service.cls().dispatch_offer_lapses(session, actor=None, now=at, dispatch_offer_id=key)
    shown = world.staff()("resources.get_dispatch_offer", dispatch_offer_id=offer["dispatch_offer_id"])
    assert shown["status"] == "expired"
    assert waiting(world, dispatch)["rank"] == 2
    with pytest.raises(ConflictError):
        answer(me, "accept", offer)


def test_a_yes_needs_the_consent_that_holds_and_who_withdraws_is_followed_by_the_next(world: World) -> None:
    draw(world)
    me, mine = own(world)
    second = person(world, CELLS[2])
    dispatch = wanted(world)
    offer = offered(world, dispatch)
    consent = {"talent_id": mine["talent_id"], "publish": False, "how": "online"}
    me("resources.set_talent_consent", **consent, dispatch=False)
    with pytest.raises(ConflictError) as refused:
        answer(me, "accept", offer)
    assert refused.value.code == "dispatch_no_consent"
    me("resources.set_talent_consent", **consent, dispatch=True)
    answer(me, "accept", offer)
    answer(me, "withdraw", offer)
    assert state(world, dispatch) == "offered"
    assert waiting(world, dispatch)["talent_id"] == second["talent_id"]
    world.staff()("resources.cancel_dispatch", dispatch_id=dispatch["dispatch_id"], reason="不再需要")
    assert state(world, dispatch) == "cancelled"


def test_of_many_who_ask_and_answer_at_once_one_wins(world: World) -> None:
    draw(world)
    for _ in range(3):
        person(world)
    dispatch = wanted(world)
    outcomes: list[str] = []

    def run(call: Any) -> None:
        try:
            call()
            outcomes.append("done")
        except FootprintError as error:
            outcomes.append(error.code)

    def together(call: Any) -> list[str]:
        outcomes.clear()
        threads = [threading.Thread(target=run, args=(call,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(outcomes)

    staff = world.staff()
    key = {"dispatch_id": dispatch["dispatch_id"]}
    assert together(lambda: staff("resources.offer_dispatch", **key)) == [*["dispatch_state"] * 3, "done"]
    offer = waiting(world, dispatch)
    assert together(lambda: answer(world.staff(), "accept", offer)) == [*["dispatch_offer_state"] * 3, "done"]


def test_only_a_credential_that_staff_saw_and_that_holds_counts(world: World) -> None:
    draw(world)
    me, mine = own(world)
    dispatch = wanted(world, credential="first_aid_card")

    def fit() -> int:
        ranked = world.staff()("resources.rank_talents", dispatch_id=dispatch["dispatch_id"])
        return len(ranked["candidates"])

    about = {"talent_id": mine["talent_id"], "kind": "first_aid_card", "issuer": "演示机构"}
    claimed = me("resources.add_credential", **about, valid_from="2026-01-01")
    assert (claimed["status"], fit()) == ("claimed", 0)
    with pytest.raises(ForbiddenError):
        me("resources.verify_credential", credential_id=claimed["credential_id"])
    world.staff()("resources.verify_credential", credential_id=claimed["credential_id"])
    assert fit() == 1
    me("resources.withdraw_credential", credential_id=claimed["credential_id"])
    assert fit() == 0
    with pytest.raises(InvalidError):
        me("resources.add_credential", **about, valid_from="2026-02-01", valid_until="2026-01-01")


def test_what_does_not_fit_is_refused(world: World) -> None:
    draw(world)
    for given in (
        {"skills": [{"skill": "alchemy"}]},
        {"skills": [{"skill": "repair"}, {"skill": "repair"}]},
        {"availability": [{"day": 1, "starts": "18:00", "ends": "08:00"}]},
        {"community_code": CHANGJIANG + "001", "cell_code": None},
    ):
        with pytest.raises(InvalidError):
            person(world, **given)
    with pytest.raises(InvalidError):
        wanted(world, starts_at=(clock.system_now() - timedelta(hours=1)).isoformat())
    with pytest.raises(NotFoundError):
        wanted(world, need_id=ids.new_id("ned"))
    with pytest.raises(ForbiddenError):
        world.staff(CHANGJIANG)("resources.set_cell_residents", cell_code=CELLS[0], residents=1, as_of="2026-01-01")
    mine = person(world)
    step = {"talent_id": mine["talent_id"]}
    world.staff()("resources.leave_talent_grid", **step)
    with pytest.raises(ConflictError):
        world.staff()("resources.resume_talent", **step)


def test_an_erased_account_leaves_hours_of_nobody(world: World) -> None:
    draw(world)
    me, mine = own(world)
    hours = {"minutes": 60, "served_on": "2026-01-05", "what": "入户探访"}
    world.staff()("resources.record_service_hours", talent_id=mine["talent_id"], **hours)
    account = str(me.who.account_id)  # type: ignore[union-attr]
    world.hear(AccountErased(account_id=account, ground="own_wish"), version=5)
    shown = world.staff()("resources.get_talent", talent_id=mine["talent_id"])
    assert (shown["status"], shown["name"], shown["phone"], shown["skills"]) == ("left", None, None, [])
    assert len(world.staff()("resources.list_service_hours", talent_id=mine["talent_id"])["items"]) == 1
    assert len(events(world, "talent_erased")) == 1


def test_people_of_the_grid_stand_on_the_list_and_leave_it_with_the_grid(world: World) -> None:
    draw(world)
    me, mine = own(world, publish=True)
    without = person(world, name="赵铁柱")
    ask: dict[str, Any] = {"kind": "volunteer", "source": "talent_grid"}
    rows = {row["source_id"]: row for row in world.staff()("resources.search_list_entries", **ask)["items"]}
    entry = rows[mine["talent_id"]]
    assert (entry["status"], entry["category"], entry["cell_code"]) == ("listed", "mediation", CELLS[0])
    assert entry["publish_consented_at"] is not None
    assert rows[without["talent_id"]]["publish_consented_at"] is None
    public = {"list_entry_id": entry["list_entry_id"], "is_public": True, "reason": "公开"}
    world.staff()("resources.change_list_entry", **public)
    world.staff()("resources.publish_one_list", street_code=ZHUHAI)
    everybody = Caller(world.host)
    assert len(everybody("resources.list_public_entries")["items"]) == 1
    who = {"talent_id": mine["talent_id"]}
    me("resources.set_talent_consent", **who, publish=False, dispatch=True, how="online")
    assert everybody("resources.list_public_entries")["items"] == []
    me("resources.change_talent", **who, cell_code=CELLS[1])
    key = {"list_entry_id": entry["list_entry_id"]}
    assert world.staff()("resources.get_list_entry", **key)["cell_code"] == CELLS[1]
    me("resources.leave_talent_grid", **who)
    assert world.staff()("resources.get_list_entry", **key)["status"] == "retired"
    world.staff()("resources.erase_talent", **who)
    assert world.staff()("resources.get_list_entry", **key)["person_name"] is None
