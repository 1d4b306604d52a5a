"""The one list: organisations by themselves, others by people; history, clocks, versions, the public part."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis import clock, files, ids
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError, StaleError
from chassis.tables import OutboxEvent
from contracts.registry.events import OrganisationChanged
from contracts.registry.events_identity import AccountErased
from services.resources.one_list import domain
from services.resources.one_list.models import ListEntry, PersonalReading
from tests import kit
from tests.kit import CHANGJIANG, ZHUHAI, Caller
from tests.service.resources.conftest import World

COMMUNITY = ZHUHAI + "001"
NAME, PHONE = "王秀英", "13800138000"


def service(world: World, **facts: Any) -> dict[str, Any]:
    body = {"kind": "service", "title": "长者助餐点", "street_code": ZHUHAI, "community_code": COMMUNITY, **facts}
    return world.staff()("resources.draft_list_entry", **body)  # type: ignore[no-any-return]


def volunteer(world: World, **facts: Any) -> dict[str, Any]:
    body = {"kind": "volunteer", "person_name": NAME, "contact_phone": PHONE, "street_code": ZHUHAI, **facts}
    return world.staff()("resources.draft_list_entry", **body)  # type: ignore[no-any-return]


def step(world: World, verb: str, entry: dict[str, Any], **more: Any) -> dict[str, Any]:
    reply: dict[str, Any] = world.staff()(f"resources.{verb}_list_entry", list_entry_id=entry["list_entry_id"], **more)
    return reply


def listed(world: World, entry: dict[str, Any]) -> dict[str, Any]:
    return step(world, "confirm", entry)


def found(caller: Caller, **filters: Any) -> list[str]:
    page = caller("resources.search_list_entries", **filters)
    return [row["title"] or row["person_name"] for row in page["items"]]


def everybody(world: World) -> Caller:
    return Caller(world.host)


def events(world: World, name: str) -> list[dict[str, Any]]:
    with world.host.executors["resources"].sessions() as session:
        rows = session.scalars(select(OutboxEvent).where(OutboxEvent.name == name).order_by(OutboxEvent.position))
        return [row.payload for row in rows]


def test_every_organisation_of_a_street_is_on_its_list_and_keeps_step(world: World) -> None:
    assert sorted(found(world.staff(), kind="organisation", street_code=ZHUHAI)) == ["garden", "hub", "sunset"]
    known = world.organisations["garden"]
    world.hear(_changed(known, "花园议事会", "active"), version=3)
    world.hear(_changed(known, "旧名", "active"), version=2)
    [row] = world.staff()("resources.search_list_entries", q="议事会")["items"]
    assert (row["organisation_id"], row["source"], row["status"]) == (known, "registry", "listed")
    assert row["fields_of_work"] == ["mediation"]
    world.hear(_changed(known, "花园议事会", "closed"), version=4)
    assert found(world.staff(), q="议事会", status="retired") == ["花园议事会"]
    with pytest.raises(ConflictError) as refused:
        step(world, "reopen", row, reason="再列入")
    assert refused.value.code == "list_entry_of_registry"
    world.hear(_changed(known, "花园议事会", "active"), version=5)
    assert found(world.staff(), q="议事会", status="listed") == ["花园议事会"]


def _changed(organisation_id: str, name: str, status: str) -> OrganisationChanged:
    return OrganisationChanged(
        organisation_id=organisation_id,
        name=name,
        kind="cso",
        legal_tier="filed",
        fields=["mediation"],
        street_code=ZHUHAI,
        hub_id=None,
        status=status,
        in_breach=False,
        changed=["name"],
    )


def test_organisations_known_before_there_was_a_list_are_listed_once(world: World) -> None:
    executor = world.host.executors["resources"]
    with executor.sessions.begin() as session:
        session.execute(text("DELETE FROM one_list_change"))
        session.execute(text("DELETE FROM one_list_entry"))
    for _ in range(2):
        with executor.system_session("list_missing_organisations", kit.DISTRICT) as session:
            executor.service.cls().list_missing_organisations(session)
    assert len(found(world.bureau, kind="organisation")) == len(world.organisations)


@pytest.mark.parametrize("q", ["助餐", "长者助餐点", "zzzc", "zhangzhe", "zhucan", "餐"])
def test_a_service_is_found_by_its_words_its_pinyin_and_its_initials(world: World, q: str) -> None:
    service(world)
    service(world, title="邻里维修站")
    assert found(world.staff(), q=q) == ["长者助餐点"]


def test_a_person_is_found_by_the_whole_name_only_and_is_ciphertext_at_rest(world: World) -> None:
    made = volunteer(world)
    assert (made["person_name"], made["contact_phone"], made["title"]) == ("王**", "138****8000", "")
    assert found(world.staff(), person=" 王秀英 ") == ["王**"]
    assert found(world.staff(), person="王秀") == found(world.staff(), q="王秀英") == []
    with world.host.executors["resources"].sessions() as session:
        raw = session.execute(text("SELECT row_to_json(e)::text FROM one_list_entry e WHERE kind = 'volunteer'"))
        stored = raw.scalar_one()
        told = session.execute(text("SELECT string_agg(payload::text || headers::text, '') FROM outbox")).scalar_one()
        history = session.execute(text("SELECT string_agg(changes::text, '') FROM one_list_change")).scalar_one()
        commands = session.execute(text("SELECT coalesce(string_agg(reply::text, ''), '') FROM command_log"))
        for place in (stored, told, history, commands.scalar_one()):
            assert NAME not in place
            assert PHONE not in place


def test_who_when_and_why_stands_in_the_history_field_by_field(world: World) -> None:
    entry = listed(world, service(world))
    step(world, "change", entry, title="长者食堂", contact_phone="13900139000", reason="改名")
    page = world.staff()("resources.list_entry_history", list_entry_id=entry["list_entry_id"], limit=1)
    [change] = page["items"]
    assert (change["action"], change["reason"], change["role"]) == ("change", "改名", "street_staff")
    by_field = {one["field"]: one for one in change["changes"]}
    assert (by_field["title"]["before"], by_field["title"]["after"]) == ("长者助餐点", "长者食堂")
    assert (by_field["contact_phone"]["personal"], by_field["contact_phone"]["after"]) == (True, None)
    rest = world.staff()(
        "resources.list_entry_history", list_entry_id=entry["list_entry_id"], cursor=page["next_cursor"]
    )
    assert [one["action"] for one in rest["items"]] == ["confirm", "draft"]


@pytest.mark.parametrize(
    "facts",
    [
        {"title": ""},
        {"person_name": "王秀英"},
        {"kind": "talent", "title": "能人"},
        {"kind": "talent", "title": "", "person_name": "王秀英", "place": "某路 1 号"},
        {"opening_hours": [{"days": [1], "opens": "17:00", "closes": "09:00"}]},
        {"opening_hours": [{"days": [1, 1], "opens": "08:00", "closes": "09:00"}]},
        {"community_code": CHANGJIANG + "001"},
        {"cell_code": ZHUHAI + "002001"},
        {"organisation_id": "nobody"},
    ],
)
def test_an_entry_that_contradicts_itself_is_refused(world: World, facts: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        service(world, **facts)


def test_an_entry_falls_due_by_its_kinds_clock_and_is_checked_again(world: World) -> None:
    world.bureau("resources.set_one_list_rule", key="recheck_days_service", value=30)
    entry = listed(world, service(world))
    today = clock.day_of(clock.system_now())
    assert entry["recheck_due_on"] == (today + timedelta(days=30)).isoformat()
    executor = world.host.executors["resources"]

    def ring(days: int) -> None:
        with executor.system_session("entry_falls_due", kit.DISTRICT) as session:
            at = clock.end_of(today + timedelta(days=days))
            executor.service.cls().entry_falls_due(session, actor=None, now=at, list_entry_id=entry["list_entry_id"])

    ring(29)
    assert found(world.staff(), status="due_for_recheck") == []
    ring(30)
    ring(31)
    assert found(world.staff(), status="due_for_recheck", due_by=entry["recheck_due_on"]) == ["长者助餐点"]
    assert len(events(world, "list_entry_fell_due")) == 1
    again = step(world, "recheck", entry, reason="现场查看")
    assert (again["status"], again["rechecked_on"]) == ("listed", today.isoformat())


def test_nobody_is_public_without_consent_and_a_withdrawal_works_at_once(world: World) -> None:
    entry = listed(world, volunteer(world, category="mediation"))
    with pytest.raises(ConflictError) as refused:
        step(world, "change", entry, is_public=True, reason="公开")
    assert refused.value.code == "list_consent_needed"
    me = {"list_entry_id": entry["list_entry_id"], "how": "paper"}
    world.staff()("resources.set_list_entry_consent", **me, publish=True)
    step(world, "change", entry, is_public=True, reason="公开")
    assert everybody(world)("resources.list_public_entries")["items"] == []  # not on a published version yet
    world.staff()("resources.publish_one_list", street_code=ZHUHAI)
    [shown] = everybody(world)("resources.list_public_entries", street_code=ZHUHAI)["items"]
    assert (shown["kind"], shown["category"], shown["title"]) == ("volunteer", "mediation", "")
    assert (shown["contact_name"], shown["contact_phone"]) == (None, None)
    world.staff()("resources.set_list_entry_consent", **me, publish=True, contact=True)
    [shown] = everybody(world)("resources.list_public_entries")["items"]
    assert shown["contact_phone"] == PHONE
    world.staff()("resources.set_list_entry_consent", **me, publish=False)
    assert everybody(world)("resources.list_public_entries")["items"] == []


def test_a_service_is_public_when_it_is_marked_so_its_contact_only_with_consent(world: World) -> None:
    entry = listed(world, service(world, contact_name="负责人甲", contact_phone=PHONE))
    step(world, "change", entry, is_public=True, reason="公开")
    hidden = listed(world, service(world, title="内部项目"))
    world.staff()("resources.publish_one_list", street_code=ZHUHAI)
    [shown] = everybody(world)("resources.list_public_entries", q="zhucan")["items"]
    assert (shown["list_entry_id"], shown["contact_phone"]) == (entry["list_entry_id"], None)
    assert everybody(world)("resources.list_public_entries", q="内部")["items"] == []
    step(world, "retire", hidden, reason="停办")
    step(world, "retire", entry, reason="停办")
    assert everybody(world)("resources.list_public_entries")["items"] == []


def test_versions_are_numbered_frozen_and_compared(world: World) -> None:
    staff = world.staff()
    one = listed(world, service(world))
    gone = listed(world, service(world, title="旧服务站"))
    first = staff("resources.publish_one_list", street_code=ZHUHAI, note="首版")
    assert (first["number"], first["entries"], first["by_kind"]) == (1, 5, {"organisation": 3, "service": 2})
    with pytest.raises(ConflictError) as same:
        staff("resources.publish_one_list", street_code=ZHUHAI)
    assert same.value.code == "list_version_unchanged"
    step(world, "change", one, title="长者食堂", reason="改名")
    step(world, "retire", gone, reason="停办")
    new = listed(world, service(world, title="议事厅"))
    second = staff("resources.publish_one_list", street_code=ZHUHAI)
    pair = {"list_version_id": first["list_version_id"], "other_version_id": second["list_version_id"]}
    rows, cursor = [], None
    while True:
        page = staff("resources.diff_list_versions", **pair, limit=1, **({"cursor": cursor} if cursor else {}))
        rows += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    changes = {row["list_entry_id"]: (row["change"], row["fields"]) for row in rows}
    assert changes == {
        one["list_entry_id"]: ("changed", ["title"]),
        gone["list_entry_id"]: ("removed", []),
        new["list_entry_id"]: ("added", []),
    }
    items = staff("resources.list_version_items", list_version_id=first["list_version_id"])["items"]
    assert (
        domain.digest_of((row["list_entry_id"], domain.fingerprint(row["facts"])) for row in items) == (first["digest"])
    )
    assert "旧服务站" in {row["facts"]["title"] for row in items}


def test_two_who_publish_at_once_make_two_versions_in_a_row_or_one(world: World) -> None:
    listed(world, service(world))
    outcomes: list[Any] = []

    def publish() -> None:
        try:
            outcomes.append(world.staff()("resources.publish_one_list", street_code=ZHUHAI)["number"])
        except FootprintError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=publish) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(str, outcomes)) == ["1", *["list_version_unchanged"] * 3]


def test_personal_fields_are_read_unmasked_with_a_line_in_the_access_log(world: World) -> None:
    entry = volunteer(world)
    asked = {"list_entry_id": entry["list_entry_id"], "reason": "通知排班", "wanted": ["contact_phone"]}
    read = world.staff()("resources.disclose_list_contact", **asked)
    assert read["items"] == [{"field": "contact_phone", "value": PHONE}]
    with world.host.executors["resources"].sessions() as session:
        line = session.scalars(select(PersonalReading)).one()
    assert (line.id, line.subject_id, line.fields) == (read["disclosure_id"], entry["list_entry_id"], ["contact_phone"])
    [shown] = world.bureau("resources.list_personal_readings", subject_id=entry["list_entry_id"])["items"]
    assert (shown["fields"], shown["reason"], shown["role"]) == (["contact_phone"], "通知排班", "street_staff")
    with pytest.raises(ForbiddenError):
        world.cso("sunset")("resources.disclose_list_contact", **asked)
    assert events(world, "list_contact_disclosed") == [
        {"list_entry_id": entry["list_entry_id"], "fields": ["contact_phone"], "street_codes": [ZHUHAI]}
    ]


def test_whoever_asks_is_erased_with_an_account_or_without(world: World) -> None:
    account = ids.new_id("acc")
    step(world, "confirm", mine := volunteer(world, account_id=account))
    other = volunteer(world, person_name="赵铁柱")
    world.hear(AccountErased(account_id=account, ground="own_wish"), version=9)
    step(world, "erase", other, reason="本人要求")
    for entry in (mine, other):
        shown = world.bureau("resources.get_list_entry", list_entry_id=entry["list_entry_id"])
        assert (shown["status"], shown["person_name"], shown["contact_phone"]) == ("retired", None, None)
    with world.host.executors["resources"].sessions() as session:
        row = session.get_one(ListEntry, mine["list_entry_id"])
        assert (row.person_key, row.account_id) == (None, None)
    assert len(events(world, "list_entry_erased")) == 2


def test_a_neighbour_sees_no_row_and_writes_none(world: World) -> None:
    entry = listed(world, service(world))
    version = world.staff()("resources.publish_one_list", street_code=ZHUHAI)
    neighbour = world.staff(CHANGJIANG)
    assert "长者助餐点" not in found(neighbour)
    for call, more in (
        ("get_list_entry", {}),
        ("list_entry_history", {}),
        ("change_list_entry", {"reason": "改名", "title": "x"}),
        ("confirm_list_entry", {}),
        ("disclose_list_contact", {"wanted": ["contact_phone"], "reason": "想看"}),
    ):
        with pytest.raises(NotFoundError) as refused:
            neighbour(
                f"resources.{call}",
                list_entry_id=entry["list_entry_id"],
                **more,
            )
        assert refused.value.code == "list_entry_not_found"
    with pytest.raises(NotFoundError):
        neighbour("resources.get_list_version", list_version_id=version["list_version_id"])
    with pytest.raises(ForbiddenError):
        neighbour("resources.publish_one_list", street_code=ZHUHAI)
    with pytest.raises(ForbiddenError):
        neighbour("resources.draft_list_entry", kind="service", title="越界", street_code=ZHUHAI)


def test_drafts_are_for_staff_and_an_old_version_is_refused(world: World) -> None:
    entry = service(world)
    with pytest.raises(NotFoundError):
        world.cso("sunset")("resources.get_list_entry", list_entry_id=entry["list_entry_id"])
    listed(world, entry)
    assert "长者助餐点" in found(world.cso("sunset"))
    with pytest.raises(StaleError):
        step(world, "change", entry, title="另一个", reason="改名", expected_version=entry["version"])


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
def test_a_list_is_written_to_a_file_without_anybody_in_it(
    world: World, form: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    listed(world, service(world, title="=1+1", contact_name=NAME, contact_phone=PHONE))
    listed(world, volunteer(world))
    version = world.staff()("resources.publish_one_list", street_code=ZHUHAI)
    staff = world.staff()
    asked = {"street_code": ZHUHAI, "form": form, "list_version_id": version["list_version_id"]}
    job = staff("resources.export_one_list", **asked)
    world.host.settle()
    done = staff("resources.get_job", job_id=job["job_id"])
    assert (done["status"], done["result"]["rows"]) == ("done", 5)
    about = done["result"]["file"]
    content = files.read(files.open_store(), district=kit.DISTRICT, sha256=about["sha256"], limit=10**7)
    assert content is not None
    assert content.startswith(b"%PDF" if form == "pdf" else b"PK")
    if form == "xlsx":
        from python_calamine import load_workbook

        path = tmp_path / "list.xlsx"
        path.write_bytes(content)
        cells = json.dumps(load_workbook(str(path)).get_sheet_by_index(0).to_python(), ensure_ascii=False)
        assert "'=1+1" in cells
        assert NAME not in cells
        assert PHONE not in cells
    [told] = events(world, "one_list_exported")
    assert (told["form"], told["rows"], told["file_sha256"]) == (form, 5, about["sha256"])
    with pytest.raises(ForbiddenError):
        world.staff(CHANGJIANG)("resources.export_one_list", **asked)
    with pytest.raises(InvalidError):
        world.bureau("resources.export_one_list", **asked | {"street_code": CHANGJIANG})
